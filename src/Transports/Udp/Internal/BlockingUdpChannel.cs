using System.Net;
using System.Net.Sockets;

namespace Transports;

/// <summary>
/// A listener's socket on any system: blocking calls, on a thread of its own. Up to twice as cheap as asynchronous
/// ones, which cost a hop to the thread pool for each datagram.
/// </summary>
internal sealed class BlockingUdpChannel(Socket socket, MachineAddresses machine) : DatagramChannel
{
    private readonly int _addressBytes = SocketAddress.GetMaximumAddressSize(socket.AddressFamily);
    private volatile bool _disposed;

    public override EndPoint LocalEndPoint { get; } = socket.LocalEndPoint!;

    public override bool BlocksOnReceive => true;

    internal override bool IsOwnAddress(UInt128 address) => machine.Contains(address);

    public override ValueTask<int> ReceiveAsync(Memory<Datagram> batch, CancellationToken cancellationToken)
    {
        var datagram = batch.Span[0];
        datagram.IsTruncated = false;
        datagram.Address.Size = _addressBytes;
        try
        {
            datagram.Length = socket.ReceiveFrom(datagram.Buffer.Span, SocketFlags.None, datagram.Address);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.MessageSize)
        {
            // Windows says so; elsewhere the buffer's one byte more than the limit tells.
            datagram.Length = datagram.Buffer.Length;
            datagram.IsTruncated = true;
        }

        // Waking a blocked receive can look like an empty datagram.
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new ValueTask<int>(1);
    }

    public override ValueTask<int> SendAsync(ReadOnlyMemory<Datagram> batch, CancellationToken cancellationToken)
    {
        var datagram = batch.Span[0];
        socket.SendTo(datagram.Payload.Span, SocketFlags.None, datagram.Address);
        return new ValueTask<int>(1);
    }

    public override ValueTask DisposeAsync()
    {
        _disposed = true;
        if (OperatingSystem.IsMacOS())
        {
            // Closing does not wake a blocked receive there, and waits for it (dotnet/runtime#64551).
            Wake();
        }

        socket.Dispose();
        return default;
    }

    /// <summary>Ends a blocked receive by an empty datagram to ourselves.</summary>
    internal void Wake()
    {
        var local = (IPEndPoint)LocalEndPoint;
        var address = local.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : local.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : local.Address;
        try
        {
            using var waker = new Socket(socket.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            waker.SendTo([], new IPEndPoint(address, local.Port));
        }
        catch (SocketException)
        {
            // Then closing has to do.
        }
    }
}
