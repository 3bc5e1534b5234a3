using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Soak;

/// <summary>Clients that hold a bare socket, and so may do what no library of ours would do.</summary>
internal sealed class RawClients(Func<EndPoint> endPoint, Tally tally)
{
    /// <summary>Sends everything, ends its side, then reads all the answers to the end.</summary>
    public async Task HalfCloseAsync(Random random, CancellationToken cancellationToken)
    {
        using var socket = await ConnectAsync(cancellationToken);
        var text = string.Concat(Enumerable.Range(0, random.Next(1, 50)).Select(_ => Texts.Next(random, 500) + "\n"));
        await SendAsync(socket, Encoding.UTF8.GetBytes(text), cancellationToken);
        socket.Shutdown(SocketShutdown.Send);
        var reply = Encoding.UTF8.GetString(await ReadToEndAsync(socket, cancellationToken));
        if (string.Equals(reply, text.ToUpperInvariant(), StringComparison.Ordinal))
        {
            tally.Verified();
        }
        else
        {
            tally.Wrong($"half-close: {text.Length} characters were answered with {reply.Length}, or others");
        }
    }

    public async Task ResetAsync(Random random, CancellationToken cancellationToken)
    {
        using var socket = await ConnectAsync(cancellationToken);
        await SendAsync(socket, Encoding.UTF8.GetBytes(Texts.Next(random, 500) + "\n"), cancellationToken);
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
    }

    /// <summary>
    /// Random bytes. Whatever the framing makes of them, the connection ends and the listener does not.
    /// </summary>
    public async Task GarbageAsync(Random random, CancellationToken cancellationToken)
    {
        using var socket = await ConnectAsync(cancellationToken);
        var bytes = new byte[random.Next(1, 5_000)];
        random.NextBytes(bytes);
        await TryAsync(async () =>
        {
            await SendAsync(socket, bytes, cancellationToken);
            socket.Shutdown(SocketShutdown.Send);
            await ReadToEndAsync(socket, cancellationToken);
        });
    }

    /// <summary>A line that never ends is cut off at the limit.</summary>
    public async Task EndlessLineAsync(Random random, CancellationToken cancellationToken)
    {
        using var socket = await ConnectAsync(cancellationToken);
        var bytes = new byte[16 * 1024];
        bytes.AsSpan().Fill((byte)'x');
        await TryAsync(async () =>
        {
            while (true)
            {
                await SendAsync(socket, bytes, cancellationToken);
            }
        });
    }

    /// <summary>Sends and never reads: is slowed down, and closed after the send time-out.</summary>
    public async Task StallAsync(Random random, CancellationToken cancellationToken)
    {
        using var socket = await ConnectAsync(cancellationToken);
        var bytes = new byte[30_000];
        bytes.AsSpan().Fill((byte)'x');
        bytes[^1] = (byte)'\n';
        await TryAsync(async () =>
        {
            while (true)
            {
                await SendAsync(socket, bytes, cancellationToken);
            }
        });
    }

    /// <summary>Says nothing until the idle time-out closes it.</summary>
    public async Task SilenceAsync(Random random, CancellationToken cancellationToken)
    {
        using var socket = await ConnectAsync(cancellationToken);
        await TryAsync(() => ReadToEndAsync(socket, cancellationToken));
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, cancellationToken)..];
        }
    }

    private static async Task<byte[]> ReadToEndAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream();
        var buffer = new byte[8192];
        int count;
        while ((count = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken)) > 0)
        {
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }

    /// <summary>The server may end these connections in any way; that it does not is what would be wrong.</summary>
    private static async Task TryAsync(Func<Task> talk)
    {
        try
        {
            await talk();
        }
        catch (SocketException)
        {
            // Closed or reset by the server.
        }
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var remote = endPoint();
        var protocol = remote is UnixDomainSocketEndPoint ? ProtocolType.Unspecified : ProtocolType.Tcp;
        var socket = new Socket(remote.AddressFamily, SocketType.Stream, protocol);
        try
        {
            await socket.ConnectAsync(remote, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
