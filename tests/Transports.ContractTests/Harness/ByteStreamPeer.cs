using System.Net.Sockets;
using Transports.Framing;

namespace Transports.ContractTests;

/// <summary>A raw peer over the stream that a transport itself stands on: for transports that have no socket.</summary>
public sealed class ByteStreamPeer(ByteStream stream, MessageFraming framing) : RawStreamPeer(framing)
{
    private bool _disposed;

    public override async Task WriteAsync(ReadOnlyMemory<byte> bytes) => await stream.SendAsync(bytes);

    public override async Task FinishAsync() => await stream.CompleteSendsAsync().Soon();

    public override void Reset() => stream.Abort();

    public override async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            stream.Abort();
            await stream.DisposeAsync();
        }
    }

    protected override async Task<int> ReadAsync(Memory<byte> buffer)
    {
        try
        {
            return await stream.ReceiveAsync(buffer, CancellationToken.None);
        }
        catch (ConnectionClosedException exception) when (exception.Reason == CloseReason.RemoteReset)
        {
            return -1;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            return -1;
        }
    }
}
