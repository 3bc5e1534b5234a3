using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Transports.Testing;
using Transports.Tests.Datagrams;

namespace Transports.Tests.Udp;

/// <summary>
/// Handlers of all kinds side by side, also such that block: every reply is whole, and no buffer is lost, returned
/// twice or used afterwards (the pool fills what is returned with garbage).
/// </summary>
public class UdpChaosTests
{
    private const int Actors = 4;
    private const int Rounds = 60;

    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    private readonly ConcurrentDictionary<string, Gate> _gates = new();

    public static TheoryData<TransportDriver, int> Seeds
    {
        get
        {
            var data = new TheoryData<TransportDriver, int>();
            for (var seed = 1; seed <= 3; seed++)
            {
                data.Add(TransportDriver.Auto, seed);
                data.Add(TransportDriver.Portable, seed);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Handlers_ThatDoAnything_DoNoHarm(TransportDriver driver, int seed)
    {
        var pool = new CountingBufferPool();
        var transport = new UdpTransport(new UdpTransportOptions { Driver = driver, BufferPool = pool });
        var listener = await transport.ListenAsync(AnyPort, MessageHandler.Create(HandleAsync));

        await Task.WhenAll(Enumerable.Range(0, Actors).Select(actor => Task.Run(async () =>
        {
            var random = new Random((seed * 1000) + actor);
            await using var peer = await transport.ConnectAsync(listener.LocalEndPoint);
            await using var stuck = await transport.ConnectAsync(listener.LocalEndPoint);
            for (var round = 0; round < Rounds; round++)
            {
                await (random.Next(5) == 0
                    ? BlockAsync(peer, stuck, $"{actor}.{round}")
                    : AskAsync(peer, $"{"emafg"[random.Next(5)]} {actor}.{round}"));
            }
        }))).WaitAsync(TimeSpan.FromMinutes(2));

        await listener.StopAsync();
        await pool.WhenAllReturnedAsync();
    }

    /// <summary>While one is stuck the other is answered.</summary>
    private async Task BlockAsync(IConnection peer, IConnection stuck, string id)
    {
        var (kind, gate) = (id.Length % 2 == 0 ? 'b' : 'B', new Gate());
        _gates[id] = gate;
        await stuck.SendAsync($"{kind} {id}");
        await gate.Stuck.Task.Soon();
        await AskAsync(peer, $"e {id}");
        await AskAsync(peer, $"a {id}");
        gate.Open.Set();
        await ExpectAsync(stuck, $"{kind} {id}", 2);
        _gates.TryRemove(id, out _);
    }

    private static async Task AskAsync(IConnection peer, string request)
    {
        await peer.SendAsync(request);
        await ExpectAsync(peer, request, request[0] switch { 'e' or 'g' => 1, 'f' => 0, _ => 2 });
    }

    private static async Task ExpectAsync(IConnection peer, string request, int replies)
    {
        var received = new List<string>();
        while (received.Count < replies)
        {
            received.Add(await peer.ReceiveTextAsync().Soon());
        }

        Assert.Equal(Enumerable.Range(0, replies).Select(part => $"{request} {part}"), received.Order());
    }

    private async ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken)
    {
        var request = context.Text();
        switch (request[0])
        {
            case 'e':
                await context.ReplyAsync($"{request} 0", cancellationToken);
                break;
            case 'm':
                await context.ReplyAsync($"{request} 0", cancellationToken);
                await context.ReplyAsync($"{request} 1", cancellationToken);
                break;
            case 'a':
                // Begun here, and sent from another thread.
                await context.ReplyAsync($"{request} 0", cancellationToken);
                Begin(context, $"{request} 1");
                await Task.Yield();
                await context.Reply.SendAsync(cancellationToken);
                break;
            case 'f':
                await context.ReplyAsync("taken back", cancellationToken);
                Begin(context, "given up");
                throw new InvalidOperationException("A handler that fails.");
            case 'g':
                // Longer than its request, so that the buffer grows, and shortened again by what is sent.
                context.Reply.GetSpan(10_000).Clear();
                Begin(context, $"{request} 0");
                await context.Reply.SendAsync(cancellationToken);
                break;
            default:
                await BlockAsync(context, request, cancellationToken);
                break;
        }
    }

    private async Task BlockAsync(MessageContext context, string request, CancellationToken cancellationToken)
    {
        var gate = _gates[request[2..]];
        await context.ReplyAsync($"{request} 0", cancellationToken);
        Begin(context, $"{request} 1");
        gate.Stuck.SetResult();
        gate.Open.Wait(CancellationToken.None);
        if (request[0] == 'B')
        {
            await Task.Yield();
        }

        await context.Reply.SendAsync(cancellationToken);
    }

    private static void Begin(MessageContext context, string text) =>
        context.Reply.Advance(Encoding.UTF8.GetBytes(text, context.Reply.GetSpan(Encoding.UTF8.GetByteCount(text))));

    private sealed class Gate
    {
        public TaskCompletionSource Stuck { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ManualResetEventSlim Open { get; } = new();
    }
}
