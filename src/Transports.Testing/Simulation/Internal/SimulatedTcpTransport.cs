using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Transports.Testing;

/// <summary>TCP over a simulated host's connections.</summary>
internal sealed class SimulatedTcpTransport : ByteStreamTransport
{
    private readonly SimulatedHost _host;
    private readonly int _backlog;

    public SimulatedTcpTransport(
        SimulatedHost host, TcpTransportOptions options, ILoggerFactory? loggerFactory, TimeProvider timeProvider)
        : base("tcp", options, options.Framing, loggerFactory, timeProvider) =>
        (_host, _backlog) = (host, options.Backlog);

    protected override bool StartsInline => true;

    protected override async ValueTask<IByteStreamListener> BindAsync(
        EndPoint localEndPoint, CancellationToken cancellationToken)
    {
        var endPoint = localEndPoint as IPEndPoint ?? throw new ArgumentException(
            $"Simulated TCP listens on IP endpoints, not {localEndPoint}.", nameof(localEndPoint));
        await _host.Network.Loop.Switch();
        await _host.Network.Loop.SettleAsync().ConfigureAwait(false);
        try
        {
            return _host.Streams.Listen(HostNames.Own(endPoint.Address), endPoint.Port, _backlog);
        }
        catch (SocketException exception)
        {
            throw SocketErrors.OnBind(exception, endPoint);
        }
    }

    protected override ValueTask<ByteStream> OpenAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken) =>
        OpenAsync(_host, remoteEndPoint, cancellationToken);

    /// <summary>Opens a connection, with no framing above it.</summary>
    public static async ValueTask<ByteStream> OpenAsync(
        SimulatedHost host, EndPoint remoteEndPoint, CancellationToken cancellationToken)
    {
        await host.Network.Loop.Switch();
        TcpConnection? connection = null;
        try
        {
            var remote = HostNames.Resolve(host, remoteEndPoint, "TCP");
            SimulatedAddress.TryRead(remote.Address, out var address);
            connection = host.Streams.Connect(address, (ushort)remote.Port);
            await connection.Connected.WaitAsync(cancellationToken).ConfigureAwait(false);
            connection.ThrowIfBroken();
            return new SimulatedByteStream(connection, host.Network.Loop);
        }
        catch (SocketException exception)
        {
            throw SocketErrors.OnConnect(exception, remoteEndPoint);
        }
        catch (OperationCanceledException)
        {
            connection?.Abort();
            throw;
        }
    }
}
