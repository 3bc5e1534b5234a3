using System.Buffers;

namespace Transports;

/// <summary>Writes a message in place, in the transport's own output buffer.</summary>
/// <remarks>
/// Bytes that were written but never sent are discarded when the handler ends: without <see cref="SendAsync"/> there
/// is no reply. <see cref="SendAsync"/> with nothing written sends an empty message. Not for use by two threads at
/// once.
/// </remarks>
public abstract class MessageWriter : IBufferWriter<byte>
{
    /// <summary>Ends this message and sends it; the next byte written begins another.</summary>
    /// <param name="cancellationToken">
    /// Gives up waiting for the peer to take what is buffered; the message itself is already on its way.
    /// </param>
    /// <returns>A task that has ended already while the output buffer is below its high-water mark.</returns>
    /// <exception cref="MessageTooLongException">The message is over the limit and was discarded.</exception>
    /// <exception cref="ConnectionClosedException">The connection has ended.</exception>
    /// <exception cref="ArgumentException">The framing cannot carry this message; it was discarded.</exception>
    /// <exception cref="ObjectDisposedException">The message that this replies to has been handled.</exception>
    public abstract ValueTask SendAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    public abstract void Advance(int count);

    /// <inheritdoc/>
    public abstract Memory<byte> GetMemory(int sizeHint = 0);

    /// <inheritdoc/>
    public abstract Span<byte> GetSpan(int sizeHint = 0);
}
