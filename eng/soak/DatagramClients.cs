using System.Net;
using System.Net.Sockets;
using Transports;

namespace Soak;

/// <summary>Clients over UDP: a reply may be missing, but one that comes must answer something that was sent.</summary>
internal sealed class DatagramClients(ITransport transport, Func<EndPoint> endPoint, Tally tally)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private long _talks;

    public async Task TalkAsync(Random random, CancellationToken cancellationToken)
    {
        await using var connection = await transport.ConnectAsync(endPoint(), cancellationToken);
        var expected = new HashSet<string>();
        var mark = $"TALK {Interlocked.Increment(ref _talks)}: ";
        for (var i = random.Next(1, 60); i > 0; i--)
        {
            var text = mark + Texts.Next(random, 2_000);
            expected.Add(text.ToUpperInvariant());
            await connection.SendAsync(text, cancellationToken);
            if (!await ReceiveAsync(connection, mark, expected, cancellationToken))
            {
                tally.Done("udp, reply that did not come");
            }
        }
    }

    /// <summary>Random bytes, none at all, and as many as fit; answered or not.</summary>
    public async Task GarbageAsync(Random random, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (var i = random.Next(1, 20); i > 0; i--)
        {
            var bytes = new byte[random.Next(4) switch { 0 => 0, 1 => 65_507, _ => random.Next(65_507) }];
            random.NextBytes(bytes);
            await socket.SendToAsync(bytes, SocketFlags.None, endPoint(), cancellationToken);
        }
    }

    /// <summary>Many source ports, ten datagrams each; more than a source may send.</summary>
    public async Task FloodAsync(Random random, CancellationToken cancellationToken)
    {
        var bytes = new byte[random.Next(200)];
        random.NextBytes(bytes);
        var flooder = new IPEndPoint(OperatingSystem.IsLinux() ? new IPAddress([127, 0, 0, 9]) : IPAddress.Loopback, 0);
        for (var port = random.Next(1, 200); port > 0; port--)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(flooder);
            for (var i = 0; i < 10; i++)
            {
                await socket.SendToAsync(bytes, SocketFlags.None, endPoint(), cancellationToken);
            }
        }
    }

    /// <summary>
    /// Sends and is gone before the replies come: the server's socket gets to hear that nobody is there.
    /// </summary>
    public async Task LeaveAsync(Random random, CancellationToken cancellationToken)
    {
        await using var connection = await transport.ConnectAsync(endPoint(), cancellationToken);
        for (var i = random.Next(1, 20); i > 0; i--)
        {
            await connection.SendAsync(Texts.Next(random, 500), cancellationToken);
        }
    }

    private async Task<bool> ReceiveAsync(
        IConnection connection, string mark, HashSet<string> expected, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var reply = await connection.ReceiveTextAsync(patience.Token);
            if (expected.Contains(reply))
            {
                tally.Verified();
            }
            else if (!reply.StartsWith(mark, StringComparison.Ordinal))
            {
                // Meant for a client that has left, and whose port the system has given to this one.
                tally.Done("udp, reply to somebody who had left");
            }
            else
            {
                tally.Wrong($"udp: nobody asked for '{reply}'");
            }

            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
