using System.Net;
using System.Net.Sockets;

namespace Transports;

/// <summary>Copies of datagrams that shall leave together.</summary>
internal sealed class GatheredDatagrams(int capacity)
{
    private static readonly SocketAddress NoAddress = new(AddressFamily.InterNetwork);

    private readonly DatagramArena _arena = new(capacity, NoAddress);
    private int _count;

    public ReadOnlyMemory<Datagram> Datagrams => _arena.First(_count);

    /// <summary>False when there is no room for it.</summary>
    public bool TryAdd(ReadOnlySpan<byte> message, SocketAddress remote)
    {
        if (_arena.Reserve(_count, message.Length) is not { } datagram)
        {
            return false;
        }

        message.CopyTo(datagram.Buffer.Span);
        (datagram.Length, datagram.Address) = (message.Length, remote);
        _arena.Commit(datagram);
        _count++;
        return true;
    }

    public void Clear()
    {
        _count = 0;
        _arena.Reset();
    }
}
