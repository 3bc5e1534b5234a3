using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Transports;

/// <summary>
/// A UDP socket whose datagrams move in batches by Linux's own calls. What the kernel can join and cut is tried when
/// the socket is made, and switched off again when it fails at work.
/// </summary>
/// <remarks>The handle is held for each call, so that disposing the socket meanwhile cannot hit another one.</remarks>
internal sealed unsafe class BatchedUdpSocket
{
    private const int LongestSegment = ushort.MaxValue;

    // The least MTU of IPv6 (RFC 8200, section 5), less the headers of IPv6 and UDP.
    private const int FitsAnyPath = 1280 - 40 - 8;

    // What a device or a path that cannot do it says: no checksum offload, a segment over the path's MTU.
    private const int Eio = 5;
    private const int Einval = 22;

    private readonly Socket _socket;
    private readonly bool _isConnected;
    private readonly bool _isIPv6;
    private SendVector? _sending;
    private volatile int _longestSegment;

    public BatchedUdpSocket(Socket socket, bool isConnected)
    {
        (_socket, _isConnected) = (socket, isConnected);
        _isIPv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        _sending = new SendVector(_isIPv6);
        _longestSegment = TrySet(LibC.LevelUdp, LibC.OptionSegment, 0) ? LongestSegment : 0;
        ReceivesJoined = TrySet(LibC.LevelUdp, LibC.OptionReceiveJoined, 1);
    }

    /// <summary>True when the kernel cuts one message into many datagrams (GSO).</summary>
    public bool SendsJoined => _longestSegment > 0;

    /// <summary>True when the kernel hands over datagrams of one peer as one (GRO).</summary>
    public bool ReceivesJoined { get; }

    /// <summary>Why datagrams cannot move in batches here; null if they can.</summary>
    /// <remarks>A call that exists complains of the descriptor; a filter of a container says something else.</remarks>
    public static string? FindObstacle()
    {
        if (LibC.ReceiveMany(-1, null, 0, flags: 0, timeout: null) < 0
            && Marshal.GetLastPInvokeError() is not LibC.Ebadf and var receiving)
        {
            return $"recvmmsg is not to be had: {LinuxErrors.Describe(receiving)}";
        }

        return LibC.SendMany(-1, null, 0, flags: 0) < 0
            && Marshal.GetLastPInvokeError() is not LibC.Ebadf and var sending
            ? $"sendmmsg is not to be had: {LinuxErrors.Describe(sending)}"
            : null;
    }

    /// <summary>The system shall say how many datagrams it dropped for want of room, once there are any.</summary>
    /// <returns>False where it cannot.</returns>
    public bool TryReportOverflow() => TrySet(LibC.LevelSocket, LibC.OptionOverflow, 1);

    /// <summary>The system shall say with each datagram to which address it came.</summary>
    /// <returns>False where it cannot.</returns>
    public bool TryReportLocalAddress() => _isIPv6
        ? TrySet(LibC.LevelIPv6, LibC.OptionReceivePacketIPv6, 1)
        : TrySet(LibC.LevelIPv4, LibC.OptionPacketIPv4, 1);

    /// <summary>Receives into the vector.</summary>
    /// <returns>0, or the number of the error.</returns>
    /// <exception cref="ObjectDisposedException">The socket is gone.</exception>
    public int Receive(ReceiveVector vector, int flags)
    {
        var descriptor = Hold();
        try
        {
            return vector.Receive(descriptor, flags);
        }
        finally
        {
            _socket.SafeHandle.DangerousRelease();
        }
    }

    /// <summary>Sends what the system takes, from the first on.</summary>
    /// <param name="batch">At least one datagram.</param>
    /// <param name="sent">How many left.</param>
    /// <returns>0, or the number of the error that kept the first from leaving.</returns>
    /// <exception cref="ObjectDisposedException">The socket is gone.</exception>
    public int Send(ReadOnlySpan<Datagram> batch, out int sent)
    {
        var descriptor = Hold();
        try
        {
            return batch.Length == 1 && batch[0].LocalAddress == default
                ? SendOne(descriptor, batch[0], out sent)
                : SendMany(descriptor, batch, out sent);
        }
        finally
        {
            _socket.SafeHandle.DangerousRelease();
        }
    }

    private int Hold()
    {
        var held = false;
        _socket.SafeHandle.DangerousAddRef(ref held);
        return (int)_socket.SafeHandle.DangerousGetHandle();
    }

    private int SendOne(int descriptor, Datagram datagram, out int sent)
    {
        var address = _isConnected ? default : datagram.Address.Buffer.Span[..datagram.Address.Size];
        nint count;
        do
        {
            fixed (byte* payload = datagram.Payload.Span)
            fixed (byte* name = address)
            {
                count = LibC.SendTo(
                    descriptor, payload, datagram.Length, LibC.MessageNoSignal, name, address.Length);
            }
        }
        while (count < 0 && Marshal.GetLastPInvokeError() == LibC.Eintr);

        sent = count < 0 ? 0 : 1;
        return count < 0 ? Marshal.GetLastPInvokeError() : 0;
    }

    private int SendMany(int descriptor, ReadOnlySpan<Datagram> batch, out int sent)
    {
        // Two threads that send batches at once are rare: the second one's vector is left to the collector.
        var vector = Interlocked.Exchange(ref _sending, null) ?? new SendVector(_isIPv6);
        var error = vector.Send(descriptor, batch, _isConnected, _longestSegment, out sent);
        if (error is Eio or Einval or LibC.Emsgsize && vector.IsFirstJoined)
        {
            // Too long for this path: such go one by one from now on. Where it cannot have been the length, all do.
            var before = _longestSegment;
            _longestSegment = error == Eio || batch[0].Length <= FitsAnyPath ? 0 : batch[0].Length - 1;
            error = vector.Send(descriptor, batch, _isConnected, _longestSegment, out sent);
            if (error == Einval)
            {
                // Not for being joined: the address that it should leave from is gone, say.
                _longestSegment = before;
            }
        }

        Volatile.Write(ref _sending, vector);
        return error;
    }

    private bool TrySet(int level, int option, int value) => LibC.SetOption(
        (int)_socket.SafeHandle.DangerousGetHandle(), level, option, &value, sizeof(int)) == 0;
}
