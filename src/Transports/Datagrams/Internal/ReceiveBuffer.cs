using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Transports;

/// <summary>
/// Memory that a channel receives into, which does not move, and who sent what is there. It is lent to slots, so that
/// what is handled at once is not copied. For the thread that receives only.
/// </summary>
internal sealed class ReceiveBuffer
{
    /// <summary>Makes a buffer.</summary>
    /// <param name="bytes">How much it holds.</param>
    public ReceiveBuffer(int bytes)
    {
        Bytes = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
        Start = Marshal.UnsafeAddrOfPinnedArrayElement(Bytes, 0);
    }

    public byte[] Bytes { get; }

    /// <summary>Where <see cref="Bytes"/> are.</summary>
    public nint Start { get; }

    public SocketAddress Sender { get; } = new(AddressFamily.InterNetworkV6);

    /// <summary>
    /// True when somebody goes on using what is there: the channel leaves it alone, and takes another.
    /// </summary>
    public bool IsKept { get; private set; }

    public void Keep() => IsKept = true;

    /// <summary>Takes over the sender as the system wrote it.</summary>
    public void SetSender(ReadOnlySpan<byte> address)
    {
        address.CopyTo(Sender.Buffer.Span);
        Sender.Size = address.Length;
    }
}
