using System.Net;

namespace Transports.ContractTests;

/// <summary>
/// What every transport promises, whatever it runs on. Where a promise does not apply to a transport by its declared
/// <see cref="TransportCapabilities"/>, the fact asserts what such a transport documents instead.
/// </summary>
/// <remarks>
/// Every fact also proves that afterwards no buffer is left rented, none was returned twice, and nothing unexpected
/// was logged as an error.
/// </remarks>
public abstract partial class TransportContract : IAsyncLifetime
{
    private readonly TransportHarness _harness;
    private readonly CheckedPool _pool = new();
    private readonly LogCollector _logs = new();
    private readonly List<IListener> _listeners = [];
    private readonly List<IConnection> _connections = [];
    private readonly List<RawPeer> _peers = [];
    private int _expectedErrors;

    protected TransportContract(TransportHarness harness)
    {
        _harness = harness;
        Capabilities = CreateTransport().Capabilities;
    }

    private TransportCapabilities Capabilities { get; }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var peer in _peers)
        {
            await peer.DisposeAsync();
        }

        await Task.WhenAll(_connections.Select(connection => connection.DisposeAsync().Soon()));
        await Task.WhenAll(_listeners.Select(listener => listener.StopAsync().Soon()));
        await Patience.UntilAsync(() => _pool.RentedCount == 0, "all buffers to be returned");
        Assert.Null(_pool.Misuse);
        Assert.True(_expectedErrors == _logs.Errors.Count, string.Join(Environment.NewLine, _logs.Errors));
    }

    private static byte[] Pattern(int length, int salt = 0)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
        {
            bytes[i] = (byte)((i * 31) + (i >> 8) + salt);
        }

        return bytes;
    }

    private static async Task<byte[]> ReceiveAsync(IConnection connection) =>
        (await connection.ReceiveAsync().Soon()).ToArray();

    private static async Task<byte[]> AskAsync(IConnection connection, byte[] message)
    {
        await connection.SendAsync(message).Soon();
        return await ReceiveAsync(connection);
    }

    private static async Task AssertEchoesAsync(IConnection connection)
    {
        var message = Pattern(20, salt: 99);
        Assert.Equal(message, await AskAsync(connection, message));
    }

    /// <summary>
    /// Asks again and again, as a client must where messages may be lost, and more and more rarely: on a busy machine
    /// the questions alone could be more than is ever answered.
    /// </summary>
    private static async Task AssertAnsweredInTheEndAsync(IConnection connection)
    {
        var message = Pattern(20, salt: 77);
        var reply = ReceiveAsync(connection);
        for (var pause = 1; !reply.IsCompleted; pause *= 2)
        {
            await connection.SendAsync(message).Soon();
            for (var turn = 0; turn < pause && !reply.IsCompleted; turn++)
            {
                await Task.Yield();
            }
        }

        Assert.Equal(message, await reply);
    }

    private static async Task<CloseReason> ClosedAsync(Func<Task> act) =>
        (await Assert.ThrowsAsync<ConnectionClosedException>(act)).Reason;

    private ITransport CreateTransport(Action<TransportSettings>? configure = null)
    {
        var settings = new TransportSettings { BufferPool = _pool, LoggerFactory = _logs.Factory };
        configure?.Invoke(settings);
        return _harness.CreateTransport(settings);
    }

    private async Task<IListener> ListenAsync(ITransport transport, IMessageHandler handler, EndPoint? endPoint = null)
    {
        var listener = await transport.ListenAsync(endPoint ?? _harness.NewEndPoint(), handler).Soon();
        _listeners.Add(listener);
        return listener;
    }

    private async Task<IConnection> ConnectAsync(ITransport transport, EndPoint endPoint)
    {
        var connection = await transport.ConnectAsync(endPoint).Soon();
        lock (_connections)
        {
            _connections.Add(connection);
        }

        return connection;
    }

    private async Task<RawPeer> ConnectRawAsync(ITransport transport, EndPoint endPoint)
    {
        var peer = await _harness.ConnectRawAsync(transport, endPoint);
        _peers.Add(peer);
        return peer;
    }

    private async Task<RawStreamPeer> ConnectRawStreamAsync(Running running) =>
        (RawStreamPeer)await ConnectRawAsync(running.Transport, running.EndPoint);

    /// <summary>Starts a listener, and a client of it on the same transport.</summary>
    private async Task<Running> StartAsync(IMessageHandler handler, Action<TransportSettings>? configure = null)
    {
        var transport = CreateTransport(configure);
        var listener = await ListenAsync(transport, handler);
        return new Running(transport, listener, await ConnectAsync(transport, listener.LocalEndPoint));
    }

    /// <summary>The same, and the listener's side of the connection too, as the observer got it.</summary>
    private async Task<(Running Running, IConnection Accepted)> StartAcceptedAsync(
        ProbeHandler probe, Action<TransportSettings>? configure = null)
    {
        Assert.True(Capabilities.IsConnectionOriented);
        var running = await StartAsync(probe, configure);
        return (running, await probe.ConnectedAsync());
    }

    private sealed record Running(ITransport Transport, IListener Listener, IConnection Client)
    {
        public EndPoint EndPoint => Listener.LocalEndPoint;
    }
}
