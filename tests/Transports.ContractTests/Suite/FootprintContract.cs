using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;

namespace Transports.ContractTests;

/// <summary>
/// What every transport costs: nothing per message once it is warm, and nothing at all for what is over. Part of the
/// contract suite, apart from the rest because it measures the whole process.
/// </summary>
public abstract class FootprintContract(TransportHarness harness)
{
    private const int Messages = 100_000;
    private const int Slices = 10;

    /// <summary>Per message. The smallest object has 24: one for every message, or every second one, shows.</summary>
    private const int AllowedBytes = 8;

    private readonly CountingPool _pool = new();

    [Fact]
    public Task Messages_SeveralUnderWay_AllocateNothing() => AssertAllocatesNothingAsync(window: 10, Messages);

    [Fact]
    public Task Messages_OneAtATime_AllocateNothing() => AssertAllocatesNothingAsync(window: 1, Messages / 2);

    [Fact]
    public async Task Connections_ThousandThatComeAndGo_LeaveNothingBehind()
    {
        // What others have left behind is none of this one's.
        Collect();
        using var active = new ActiveConnections();
        var unobserved = new ConcurrentQueue<Exception>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs args) => unobserved.Enqueue(args.Exception);
        TaskScheduler.UnobservedTaskException += Note;
        var accepted = new List<WeakReference>();
        var transport = CreateTransport();
        var listener = await transport.ListenAsync(harness.NewEndPoint(), new Guestbook(accepted)).Soon();
        var clients = new List<WeakReference>();
        for (var round = 0; round < 20; round++)
        {
            var visits = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => VisitAsync(transport, listener, i)));
            clients.AddRange(visits);
        }

        var isConnectionOriented = transport.Capabilities.IsConnectionOriented;
        Assert.Equal(isConnectionOriented ? 1000 : 0, accepted.Count);
        await Patience.UntilAsync(() => active.Count == 0, "no active connection");
        await Patience.UntilAsync(() => Living(clients) == 0, "every client's connection to be collected");
        await Patience.UntilAsync(() => Living(accepted) == 0, "every accepted connection to be collected");

        await listener.StopAsync().Soon();

        await Patience.UntilAsync(() => _pool.RentedCount == 0, "every buffer to be returned");
        Assert.True(listener.Completion.IsCompletedSuccessfully);
        TaskScheduler.UnobservedTaskException -= Note;
        Assert.Empty(unobserved);
    }

    private static int Living(List<WeakReference> references)
    {
        Collect();
        return references.Count(reference => reference.IsAlive);
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static async Task EchoAsync(IConnection client, ReadOnlyMemory<byte> message, int window, int count)
    {
        for (var i = 0; i < count; i += window)
        {
            for (var j = 0; j < window; j++)
            {
                await client.SendAsync(message);
            }

            for (var j = 0; j < window; j++)
            {
                await client.ReceiveAsync();
            }
        }
    }

    /// <summary>Comes, asks, and leaves in one of several manners.</summary>
    private static async Task<WeakReference> VisitAsync(ITransport transport, IListener listener, int manner)
    {
        var client = await transport.ConnectAsync(listener.LocalEndPoint).Soon();
        await client.SendAsync(new byte[100]).Soon();
        Assert.Equal(100, (await client.ReceiveAsync().Soon()).Length);
        if (manner % 3 == 1)
        {
            client.Abort();
        }
        else if (manner % 3 == 2)
        {
            var receive = client.ReceiveAsync().AsTask();
            await client.DisposeAsync().Soon();
            await Assert.ThrowsAsync<ConnectionClosedException>(() => receive.Soon());
        }

        await client.DisposeAsync().Soon();
        return new WeakReference(client);
    }

    private static async Task<long[]> MeasureAsync(
        IConnection client, ReadOnlyMemory<byte> message, int window, int slice)
    {
        var allocated = new long[Slices];
        await EchoAsync(client, message, window, slice);
        for (var i = 0; i < allocated.Length; i++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await EchoAsync(client, message, window, slice);
            allocated[i] = GC.GetTotalAllocatedBytes(precise: true) - before;
        }

        return allocated;
    }

    private async Task AssertAllocatesNothingAsync(int window, int count)
    {
        var transport = CreateTransport();
        await using var listener = await transport.ListenAsync(
            harness.NewEndPoint(),
            MessageHandler.Create((context, token) => context.ReplyAsync(context.Payload.Span, token))).Soon();
        await using var client = await transport.ConnectAsync(listener.LocalEndPoint).Soon();
        var message = new byte[32];
        var measuring = Task.Run(() => MeasureAsync(client, message, window, count / Slices));

        var slices = await measuring.WaitAsync(Patience.Limit * 8);

        // The median, since in one slice or another the runtime compiles a method anew or a test runner's timer ticks.
        // Some bytes instead of none: a new thread starts with empty caches, a lead that changes hands costs something,
        // and on a busy machine there is much of both while a slice lasts.
        Array.Sort(slices);
        var allowed = AllowedBytes * count / Slices;
        Assert.True(slices[Slices / 2] < allowed, $"Bytes per slice: {string.Join(", ", slices)}");
    }

    private ITransport CreateTransport() => harness.CreateTransport(
        new TransportSettings { BufferPool = _pool, LoggerFactory = NullLoggerFactory.Instance });

    /// <summary>Sums up the metric of active connections from when it is made.</summary>
    private sealed class ActiveConnections : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _count;

        public ActiveConnections()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Transports" && instrument.Name == "transports.connections.active")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>(
                (_, measurement, _, _) => Interlocked.Add(ref _count, measurement));
            _listener.Start();
        }

        public long Count => Volatile.Read(ref _count);

        public void Dispose() => _listener.Dispose();
    }

    /// <summary>Echoes, and notes who came without keeping them.</summary>
    private sealed class Guestbook(List<WeakReference> accepted) : IMessageHandler, IConnectionObserver
    {
        public ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken) =>
            context.ReplyAsync(context.Payload.Span, cancellationToken);

        public ValueTask OnConnectedAsync(IConnection connection, CancellationToken cancellationToken)
        {
            lock (accepted)
            {
                accepted.Add(new WeakReference(connection));
            }

            return default;
        }

        public ValueTask OnDisconnectedAsync(IConnection connection, CloseReason reason) => default;
    }
}
