using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Transports.Tests.Datagrams;

namespace Transports.Tests.Reactor;

/// <summary>Connections that are broken while a send waits, among others that get their descriptors.</summary>
public class ReactorAbortTests
{
    private const int Rounds = 50;
    private const int MoreThanASocketTakes = 16 * 1024 * 1024;

    /// <summary>
    /// The send that is broken must have let go of its descriptor before that is closed: what it says of it later would
    /// be said of the next connection, which then would hear of nothing.
    /// </summary>
    [LinuxFact]
    public async Task Abort_WhileASendWaits_LeavesTheNextOwnerOfTheDescriptorAlone()
    {
        var transport = new TcpTransport(new TcpTransportOptions
        {
            Driver = TransportDriver.Reactor,
            ReactorThreads = 1,
            MaxMessageBytes = MoreThanASocketTakes,
        });
        var flood = new byte[MoreThanASocketTakes];
        var handler = new KnownConnections();
        await using var listener = await transport.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), handler);

        for (var round = 0; round < Rounds; round++)
        {
            using var stalled = NewSocket();
            await stalled.ConnectAsync(listener.LocalEndPoint);
            var connection = await handler.NextAsync();
            await connection.SendAsync(flood);

            var breaking = Task.Run(connection.Abort);
            await TalkAsync(listener.LocalEndPoint, handler);
            await breaking.Soon();
        }
    }

    private static async Task TalkAsync(EndPoint endPoint, KnownConnections handler)
    {
        using var peer = NewSocket();
        await peer.ConnectAsync(endPoint);
        await handler.NextAsync();
        await peer.SendAsync("x\n"u8.ToArray());
        Assert.Equal(2, await peer.ReceiveAsync(new byte[2].AsMemory()).Soon());
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private sealed class KnownConnections : IMessageHandler, IConnectionObserver
    {
        private readonly Channel<IConnection> _connected = Channel.CreateUnbounded<IConnection>();

        public Task<IConnection> NextAsync() => _connected.Reader.ReadAsync().Soon();

        public ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken) =>
            context.ReplyAsync(context.Payload.Span, cancellationToken);

        public ValueTask OnConnectedAsync(IConnection connection, CancellationToken cancellationToken) =>
            _connected.Writer.WriteAsync(connection, cancellationToken);

        public ValueTask OnDisconnectedAsync(IConnection connection, CloseReason reason) => default;
    }
}
