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
    private int _mostDescriptors;
    private int _mostBuffers;
    private long _mostMemory;

    private HostileServer(TcpTransportOptions options, ITestOutputHelper output)
    {
        (_options, _output) = (options, output);
        options.BufferPool = _pool;
    }

    public IListener Listener { get; private set; } = null!;

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
        new TcpTransport(new TcpTransportOptions { Driver = _options.Driver, ClientTls = _options.ClientTls }),
        Listener.LocalEndPoint,
        new RequestClientOptions { Timeout = Patience });

    public async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(Listener.LocalEndPoint).WaitAsync(Patience);
        return socket;
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

    /// <summary>Notes what the process holds now: both ends, as the attackers live in it too.</summary>
    public void Measure()
    {
        _mostDescriptors = Math.Max(_mostDescriptors, Directory.GetFileSystemEntries("/proc/self/fd").Length);
        _mostMemory = Math.Max(_mostMemory, GC.GetTotalMemory(forceFullCollection: false));
        _mostBuffers = Math.Max(_mostBuffers, _pool.Outstanding);
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
            $"held at most: {_mostOpen} connections, {_mostBuffers} buffers, {_mostDescriptors} descriptors of both "
            + $"ends, {_mostMemory / 1024 / 1024} MiB of managed memory; left over: 0 connections, 0 buffers");
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
