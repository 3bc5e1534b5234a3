using System.Net;
using System.Net.Sockets;

namespace Transports;

/// <summary>
/// Connects without the framework's socket engine, which would keep the descriptor in its own epoll set ever after.
/// </summary>
internal static class ReactorConnector
{
    public static async ValueTask<ByteStream> ConnectAsync(
        EndPoint endPoint, TcpTransportOptions options, Reactor reactor, CancellationToken cancellationToken)
    {
        if (endPoint is not DnsEndPoint name)
        {
            return await ConnectOneAsync(endPoint, options, reactor, cancellationToken).ConfigureAwait(false);
        }

        ConnectionFailedException? last = null;
        foreach (var address in await ResolveAsync(name, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                return await ConnectOneAsync(
                    new IPEndPoint(address, name.Port), options, reactor, cancellationToken).ConfigureAwait(false);
            }
            catch (ConnectionFailedException exception)
            {
                last = exception;
            }
        }

        throw last ?? new ConnectionFailedException($"{name.Host} has no address.");
    }

    private static async ValueTask<IPAddress[]> ResolveAsync(DnsEndPoint name, CancellationToken cancellationToken)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(name.Host, name.AddressFamily, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            throw SocketErrors.OnConnect(exception, name);
        }
    }

    private static async ValueTask<ByteStream> ConnectOneAsync(
        EndPoint endPoint, TcpTransportOptions options, Reactor reactor, CancellationToken cancellationToken)
    {
        using var attempt = new ConnectAttempt(endPoint, reactor);
        var descriptor = await attempt.RunAsync(cancellationToken).ConfigureAwait(false);
        using (var socket = new Socket(new SafeSocketHandle(descriptor, ownsHandle: false)))
        {
            SocketFactory.ConfigureConnecting(socket, options);
        }

        var remote = SocketName.OfPeer(descriptor, endPoint) ?? endPoint;
        return new ReactorByteStream(descriptor, remote, endPoint, reactor);
    }
}
