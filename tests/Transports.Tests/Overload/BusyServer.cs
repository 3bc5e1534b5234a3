using System.Net;
using Transports.Testing;

namespace Transports.Tests.Overload;

/// <summary>A server that looks after its load every second of a virtual clock, at memory that the test sets.</summary>
internal sealed class BusyServer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private long _memory;

    public BusyServer(Action<OverloadOptions>? configure = null, IMessageHandler? handler = null, bool udp = false)
    {
        var name = $"busy-{Guid.NewGuid():N}";
        Levels = new LevelRecorder(name);
        Handler = new RecordingHandler(handler ?? MessageHandler.FromText(text => text.ToUpperInvariant()));
        Server = TransportServer.Create(
            name,
            server =>
            {
                _ = udp ? server.ListenUdp(new IPEndPoint(IPAddress.Loopback, 0)) : server.ListenInMemory("busy");
                server.Handle(Handler).Overload(overload =>
                {
                    overload.MaxMemoryBytes = 100;
                    overload.ReadMemoryBytes = () => Volatile.Read(ref _memory);
                    overload.CheckInterval = TimeSpan.FromSeconds(1);
                    overload.IdleAfter = TimeSpan.FromSeconds(2);
                    configure?.Invoke(overload);
                });
            },
            Logs,
            Time);
    }

    public TransportServer Server { get; }

    public RecordingHandler Handler { get; }

    public LevelRecorder Levels { get; }

    public LogCollector Logs { get; } = new();

    public VirtualTimeProvider Time { get; } = new();

    public ServerListener Listener => Server.Listeners.Single();

    public static Task<T> Soon<T>(Task<T> task) => task.WaitAsync(Limit);

    public static Task Soon(Task task) => task.WaitAsync(Limit);

    public static Task<string> ReceiveAsync(IConnection connection) => Soon(connection.ReceiveTextAsync().AsTask());

    public async Task<IConnection> ConnectAsync() => await Listener.Transport.ConnectAsync(Listener.LocalEndPoint);

    /// <summary>Sets the memory in use, and lets the server look at it.</summary>
    public void Look(long memory)
    {
        Volatile.Write(ref _memory, memory);
        Time.Advance(TimeSpan.FromSeconds(1));
    }

    /// <summary>Ends when the server has noticed that something was sent, though it reads none of it.</summary>
    public async Task WhenNotIdleAsync(StreamConnection connection)
    {
        using var patience = new CancellationTokenSource(Limit);
        while (connection.IdleFor(Time.GetTimestamp()) > TimeSpan.Zero)
        {
            Assert.False(patience.IsCancellationRequested, "What was sent was not noticed.");
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Levels.Dispose();
    }
}
