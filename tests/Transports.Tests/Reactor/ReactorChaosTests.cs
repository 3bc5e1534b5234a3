using System.Net;
using System.Net.Sockets;
using System.Text;
using Transports.Testing;

namespace Transports.Tests.Reactor;

/// <summary>
/// Peers that connect, cut messages anywhere, half-close, reset, stall, come back to read and leave, in an order that a
/// seed decides. Whoever behaves gets every reply; at the end nobody and nothing is left.
/// </summary>
public class ReactorChaosTests
{
    private const int Actors = 6;
    private const int Lives = 60;

    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static readonly Func<Peer, Random, Task>[] Lifes = [Behave, HalfClose, Reset, Vanish, CutShort, Stall];

    public static TheoryData<TransportDriver, int> Seeds
    {
        get
        {
            var seeds = new TheoryData<TransportDriver, int>();
            for (var seed = 1; seed <= 6; seed++)
            {
                seeds.Add(TransportDriver.Reactor, seed);
            }

            seeds.Add(TransportDriver.Portable, 1);
            return seeds;
        }
    }

    [LinuxTheory]
    [MemberData(nameof(Seeds))]
    public async Task Peers_ThatDoAnything_DoNoHarm(TransportDriver driver, int seed)
    {
        var pool = new CountingBufferPool();
        using var handler = new EchoObserver();
        var transport = new TcpTransport(new TcpTransportOptions { Driver = driver, BufferPool = pool });
        var listener = await transport.ListenAsync(AnyPort, handler);

        await Task.WhenAll(Enumerable.Range(0, Actors).Select(actor => Task.Run(async () =>
        {
            var random = new Random((seed * 1000) + actor);
            for (var life = 0; life < Lives; life++)
            {
                using var peer = await Peer.ConnectAsync(listener.LocalEndPoint);
                await Lifes[random.Next(Lifes.Length)](peer, random);
            }
        }))).WaitAsync(Patience);

        await listener.DisposeAsync().AsTask().WaitAsync(Patience);
        await handler.WhenAllLeftAsync().WaitAsync(Patience);
        await pool.WhenAllReturnedAsync();
    }

    private static async Task Behave(Peer peer, Random random)
    {
        for (var round = random.Next(1, 5); round > 0; round--)
        {
            var lines = NewLines(random, 200);
            await peer.SendInPiecesAsync(lines, random);
            await peer.ExpectAsync(lines);
        }
    }

    private static async Task HalfClose(Peer peer, Random random)
    {
        var lines = NewLines(random, 200);
        await peer.SendInPiecesAsync(lines, random);
        peer.Socket.Shutdown(SocketShutdown.Send);
        await peer.ExpectAsync(lines);
        Assert.Equal(0, await peer.Socket.ReceiveAsync(new byte[1]));
    }

    private static async Task Reset(Peer peer, Random random)
    {
        var lines = NewLines(random, 200);
        await peer.SendInPiecesAsync(lines[..random.Next(lines.Length)], random);
        if (random.Next(2) == 0 && peer.Socket.Available > 0)
        {
            await peer.Socket.ReceiveAsync(new byte[random.Next(1, 100)]);
        }

        peer.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
    }

    private static Task Vanish(Peer peer, Random random)
    {
        peer.Socket.LingerState = new LingerOption(random.Next(2) == 0, seconds: 0);
        return Task.CompletedTask;
    }

    private static async Task CutShort(Peer peer, Random random)
    {
        var lines = NewLines(random, 200);
        await peer.SendInPiecesAsync(lines, random);
        await peer.Socket.SendAsync("half a li"u8.ToArray());
        if (random.Next(2) == 0)
        {
            await peer.ExpectAsync(lines);
        }
    }

    /// <summary>Sends more than all buffers hold before it takes anything; or never takes it, and leaves.</summary>
    private static async Task Stall(Peer peer, Random random)
    {
        var lines = NewLines(random, 60_000, 100);
        var sending = peer.SendInPiecesAsync(lines, random);
        if (random.Next(3) == 0)
        {
            peer.Socket.Shutdown(SocketShutdown.Receive);
            peer.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
            peer.Socket.Dispose();
            await Record.ExceptionAsync(() => sending);
            return;
        }

        await peer.ExpectAsync(lines);
        await sending;
    }

    /// <summary>Lines of which some make the handler leave its thread.</summary>
    private static byte[] NewLines(Random random, int longest, int most = 30)
    {
        var text = new StringBuilder();
        for (var count = random.Next(1, most); count > 0; count--)
        {
            text.Append((char)('a' + random.Next(6)), random.Next(1, longest)).Append('\n');
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private sealed class Peer(Socket socket) : IDisposable
    {
        public Socket Socket => socket;

        public static async Task<Peer> ConnectAsync(EndPoint endPoint)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(endPoint);
            return new Peer(socket);
        }

        public async Task SendInPiecesAsync(byte[] bytes, Random random)
        {
            for (var start = 0; start < bytes.Length;)
            {
                var length = Math.Min(random.Next(1, Math.Max(2, bytes.Length / 3)), bytes.Length - start);
                start += await socket.SendAsync(bytes.AsMemory(start, length));
            }
        }

        public async Task ExpectAsync(byte[] bytes)
        {
            var received = new byte[bytes.Length];
            for (var length = 0; length < received.Length;)
            {
                var count = await socket.ReceiveAsync(received.AsMemory(length)).AsTask().WaitAsync(Patience);
                Assert.NotEqual(0, count);
                length += count;
            }

            Assert.Equal(Encoding.ASCII.GetString(bytes), Encoding.ASCII.GetString(received));
        }

        public void Dispose() => socket.Dispose();
    }

    private sealed class EchoObserver : IMessageHandler, IConnectionObserver, IDisposable
    {
        private readonly SemaphoreSlim _left = new(0);
        private int _connected;

        /// <summary>Ends when all who came have left; one that was reset may leave after its listener.</summary>
        public async Task WhenAllLeftAsync()
        {
            for (var count = Volatile.Read(ref _connected); count > 0; count--)
            {
                await _left.WaitAsync();
            }

            Assert.Equal(0, _left.CurrentCount);
        }

        public async ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken)
        {
            if (context.Payload.Span is [(byte)'a', ..])
            {
                await Task.Yield();
            }

            await context.ReplyAsync(context.Payload.Span, cancellationToken);
        }

        public void Dispose() => _left.Dispose();

        public ValueTask OnConnectedAsync(IConnection connection, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _connected);
            return default;
        }

        public ValueTask OnDisconnectedAsync(IConnection connection, CloseReason reason)
        {
            _left.Release();
            return default;
        }
    }
}
