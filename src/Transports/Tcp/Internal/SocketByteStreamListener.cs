using System.Net;
using System.Net.Sockets;

namespace Transports;

/// <summary>A listening socket, TCP or Unix.</summary>
internal sealed class SocketByteStreamListener : IByteStreamListener
{
    private readonly Socket _socket;
    private readonly TcpTransportOptions _options;
    private readonly TimeProvider _timeProvider;

    private SocketByteStreamListener(Socket socket, TcpTransportOptions options, TimeProvider timeProvider)
    {
        (_socket, _options, _timeProvider) = (socket, options, timeProvider);
        LocalEndPoint = socket.LocalEndPoint!;
    }

    public EndPoint LocalEndPoint { get; }

    public static SocketByteStreamListener Bind(
        EndPoint endPoint, TcpTransportOptions options, TimeProvider timeProvider)
    {
        var socket = SocketFactory.CreateStream(endPoint);
        try
        {
            if (endPoint is UnixDomainSocketEndPoint unix)
            {
                UnixSocketFile.RemoveStale(unix);
            }
            else if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = options.DualMode && ((IPEndPoint)endPoint).Address.Equals(IPAddress.IPv6Any);
            }

            socket.Bind(endPoint);
            if (endPoint is UnixDomainSocketEndPoint bound)
            {
                UnixSocketFile.SetMode(bound, options.UnixSocketMode);
            }

            socket.Listen(options.Backlog);
            return new SocketByteStreamListener(socket, options, timeProvider);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw SocketErrors.OnBind(exception, endPoint);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async ValueTask<ByteStream> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Socket? socket = null;
            try
            {
                socket = await _socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
                SocketFactory.Configure(socket, _options);
                return new SocketByteStream(socket, LocalEndPoint, _timeProvider);
            }
            catch (Exception exception) when (socket is not null && exception is SocketException or ObjectDisposedException)
            {
                // That peer has left before it was welcomed.
                socket?.Dispose();
            }
            catch (SocketException exception) when (SocketErrors.IsPeerGone(exception.SocketErrorCode))
            {
                // The same, noticed by the accept itself.
            }
            catch (SocketException exception) when (!SocketErrors.EndsAccepting(exception.SocketErrorCode))
            {
                throw new TransportException(exception.Message, exception);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        if (LocalEndPoint is UnixDomainSocketEndPoint unix)
        {
            UnixSocketFile.Remove(unix);
        }

        return default;
    }
}
