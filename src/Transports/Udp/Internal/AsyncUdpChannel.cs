using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Transports;

/// <summary>A client's socket: asynchronous calls, so that a client costs no thread.</summary>
internal sealed class AsyncUdpChannel(Socket socket, IPEndPoint? remoteEndPoint) : DatagramChannel
{
    private readonly int _addressBytes = SocketAddress.GetMaximumAddressSize(socket.AddressFamily);

    public override EndPoint LocalEndPoint { get; } = socket.LocalEndPoint!;

    public override EndPoint? RemoteEndPoint => remoteEndPoint;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReceiveAsync(Memory<Datagram> batch, CancellationToken cancellationToken)
    {
        var datagram = batch.Span[0];
        datagram.IsTruncated = false;
        datagram.Address.Size = _addressBytes;
        try
        {
            var receive = remoteEndPoint is null
                ? socket.ReceiveFromAsync(datagram.Buffer, SocketFlags.None, datagram.Address, cancellationToken)
                : socket.ReceiveAsync(datagram.Buffer, SocketFlags.None, cancellationToken);
            datagram.Length = await receive.ConfigureAwait(false);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.MessageSize)
        {
            // Windows says so; elsewhere the buffer's one byte more than the limit tells.
            datagram.Length = datagram.Buffer.Length;
            datagram.IsTruncated = true;
        }

        return 1;
    }

    public override ValueTask<int> SendAsync(ReadOnlyMemory<Datagram> batch, CancellationToken cancellationToken)
    {
        var datagram = batch.Span[0];
        var sending = remoteEndPoint is null
            ? socket.SendToAsync(datagram.Payload, SocketFlags.None, datagram.Address, cancellationToken)
            : socket.SendAsync(datagram.Payload, SocketFlags.None, cancellationToken);
        if (!sending.IsCompletedSuccessfully)
        {
            return WaitAsync(sending);
        }

        // The result must be taken, though a datagram leaves whole or not at all.
        _ = sending.Result;
        return new ValueTask<int>(1);
    }

    public override ValueTask DisposeAsync()
    {
        socket.Dispose();
        return default;
    }

    private static async ValueTask<int> WaitAsync(ValueTask<int> sending)
    {
        await sending.ConfigureAwait(false);
        return 1;
    }
}
