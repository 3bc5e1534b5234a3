using System.Net;
using System.Net.Sockets;

namespace Transports;

/// <summary>A listening socket, TCP or Unix.</summary>
internal sealed class SocketByteStreamListener : IByteStreamListener
{
    private readonly Socket _socket;
    private readonly TcpTransportOptions _options;
    private readonly TimeProvider _timeProvider;

    public SocketByteStreamListener(Socket listening, TcpTransportOptions options, TimeProvider timeProvider)
    {
        (_socket, _options, _timeProvider) = (listening, options, timeProvider);
        LocalEndPoint = listening.LocalEndPoint!;
        DescriptorReserve.Shared.Join();
    }

    public EndPoint LocalEndPoint { get; }

    public async ValueTask<ByteStream> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!DescriptorReserve.Shared.TryTake())
            {
                throw new TransportException("Too many open files");
            }

            Socket? socket = null;
            try
            {
                socket = await _socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
                DescriptorReserve.Shared.OnAccepted(socket.SafeHandle.DangerousGetHandle());
                SocketFactory.ConfigureAccepted(socket, _options);
                return new SocketByteStream(socket, LocalEndPoint, _timeProvider);
            }
            catch (Exception exception)
                when (socket is not null && exception is SocketException or ObjectDisposedException)
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
                if (exception.SocketErrorCode == SocketError.TooManyOpenSockets)
                {
                    DescriptorReserve.Shared.OnExhausted();
                }

                throw new TransportException(exception.Message, exception);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        DescriptorReserve.Shared.Leave();
        if (LocalEndPoint is UnixDomainSocketEndPoint unix)
        {
            UnixSocketFile.Remove(unix);
        }

        return default;
    }
}
