using System.Net;
using System.Net.Sockets;
using Transports.Requests;
using Transports.Testing;
using Xunit.Abstractions;

namespace Transports.Tests.Tcp;

/// <summary>A server of lines that is attacked, and what it and its process hold meanwhile.</summary>
internal sealed class HostileServer : IMessageHandler, IConnectionObserver, IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly TcpTransportOptions _options;
    private readonly ITestOutputHelper _output;
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CountingBufferPool _pool = new() { WaitTimeout = Patience };
    private readonly SemaphoreSlim _waiting = new(0);
    private readonly SemaphoreSlim _connected = new(0);
    private readonly Lock _gate = new();
    private readonly Dictionary<CloseReason, int> _reasons = [];
    private int _open;
    private int _mostOpen;

    private HostileServer(TcpTransportOptions options, ITestOutputHelper output)
    {
        (_options, _output) = (options, output);
        options.BufferPool = _pool;

        // Where the clock runs ahead, a peer that has not had its turn yet would look idle before it is anything else.
        options.IdleTimeout = Timeout.InfiniteTimeSpan;
        Held = new Footprint(_pool);
    }

    public IListener Listener { get; private set; } = null!;

    public Footprint Held { get; }

    public int MostOpen => Volatile.Read(ref _mostOpen);

    public int Open => Volatile.Read(ref _open);

    public static async Task<HostileServer> StartAsync(
        TcpTransportOptions options, ITestOutputHelper output, TimeProvider? time = null)
    {
        var server = new HostileServer(options, output);
        var transport = new TcpTransport(options, timeProvider: time);
        server.Listener = await transport.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), server);
        return server;
    }

    /// <summary>The well-behaved one; its clock is the system's.</summary>
    public RequestClient NewClient() => new(
        new TcpTransport(new TcpTransportOptions
        {
            Driver = _options.Driver,
            ClientTls = _options.ClientTls,
            Framing = _options.Framing,
        }),
        Listener.LocalEndPoint,
        new RequestClientOptions { Timeout = Patience });

    /// <param name="receiveBufferBytes">0 leaves it to the system.</param>
    public async Task<Socket> ConnectAsync(int receiveBufferBytes = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBufferBytes > 0)
        {
            socket.ReceiveBufferSize = receiveBufferBytes;
        }

        await socket.ConnectAsync(Listener.LocalEndPoint).WaitAsync(Patience);
        return socket;
    }

    /// <summary>
    /// The well-behaved one asks again and again for as long as something is not so yet; each time, the clock of the
    /// server moves on by a second.
    /// </summary>
    public async Task AskUntilAsync(RequestClient client, VirtualTimeProvider time, Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        for (var asked = 0; !isSo(); asked++)
        {
            Assert.False(patience.IsCancellationRequested, $"Not even after {asked} seconds on the server's clock.");
            Held.Measure();
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal($"{asked}", await client.RequestAsync($"{asked}"));
        }
    }

    /// <summary>Asks one request after the other; says the 99th percentile, for the output alone.</summary>
    public static Task<string> AskAsync(RequestClient client, int requests) => Task.Run(async () =>
    {
        var times = new List<TimeSpan>();
        for (var i = 0; i < requests; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            Assert.Equal($"request {i}", await client.RequestAsync($"request {i}"));
            times.Add(TimeProvider.System.GetElapsedTime(start));
        }

        times.Sort();
        return $"{times[requests * 99 / 100].TotalMicroseconds:F0} us";
    });

    /// <summary>Reads until the server ends a connection, in whatever manner.</summary>
    public static async Task WhenEndedAsync(Socket socket)
    {
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer).WaitAsync(Patience) > 0)
            {
            }
        }
        catch (SocketException exception)
        {
            Assert.Equal(SocketError.ConnectionReset, exception.SocketErrorCode);
        }
    }

    public static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Dispose();
    }

    /// <summary>Ends when so many more have connected.</summary>
    public Task WhenConnectedAsync(int count) => TakeAsync(_connected, count);

    /// <summary>Ends when so many more requests to wait have reached the handler.</summary>
    public Task WhenWaitingAsync(int count) => TakeAsync(_waiting, count);

    /// <summary>Lets the requests to wait be answered.</summary>
    public void Release() => _release.TrySetResult();

    public int Closed(CloseReason reason)
    {
        lock (_gate)
        {
            return _reasons.GetValueOrDefault(reason);
        }
    }

    /// <summary>Stops the server: nobody and nothing may be left. Says what was held.</summary>
    public async Task EndAsync(string sent)
    {
        Release();
        await Listener.DisposeAsync().AsTask().WaitAsync(Patience);
        Assert.True(Listener.Completion.IsCompletedSuccessfully);
        while (Open > 0)
        {
            // One that was reset may be told to the observer after its listener has ended.
            await Task.Yield();
        }

        await _pool.WhenAllReturnedAsync();
        Assert.True(_pool.Rented > 0);
        _output.WriteLine($"{_options.Driver}: sent: {sent}");
        _output.WriteLine(
            $"held at most: {_mostOpen} connections, {Held}; left over: 0 connections, 0 buffers");
    }

    public async ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken)
    {
        var waits = context.Payload.Span.StartsWith("wait"u8);
        if (waits)
        {
            _waiting.Release();
            await _release.Task.WaitAsync(cancellationToken);
        }

        await context.ReplyAsync(context.Payload.Span, cancellationToken);
    }

    public ValueTask OnConnectedAsync(IConnection connection, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _mostOpen = Math.Max(_mostOpen, ++_open);
        }

        _connected.Release();
        return default;
    }

    public ValueTask OnDisconnectedAsync(IConnection connection, CloseReason reason)
    {
        lock (_gate)
        {
            _open--;
            _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
        }

        return default;
    }

    public async ValueTask DisposeAsync()
    {
        Release();
        await Listener.DisposeAsync();
        _waiting.Dispose();
        _connected.Dispose();
    }

    private static async Task TakeAsync(SemaphoreSlim signal, int count)
    {
        for (; count > 0; count--)
        {
            Assert.True(await signal.WaitAsync(Patience));
        }
    }
}
