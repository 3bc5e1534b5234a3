namespace Transports.ContractTests;

/// <summary>A peer that speaks the transport's language, but without the transport's code.</summary>
public abstract class RawPeer : IAsyncDisposable
{
    /// <summary>Sends messages, in one write where the transport has a stream.</summary>
    public abstract Task SendAsync(params byte[][] messages);

    /// <summary>Receives the next message; null at the end of the stream, orderly or by a reset.</summary>
    public abstract Task<byte[]?> ReceiveAsync();

    public abstract ValueTask DisposeAsync();
}
