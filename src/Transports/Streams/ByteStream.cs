using System.Net;

namespace Transports;

/// <summary>
/// A two-way stream of bytes: what a transport needs from the world below it. A socket, a TLS session, a pipe in memory
/// and a simulated network are all one of these; framing, order, limits and drain stand above it, once.
/// </summary>
/// <remarks>
/// At most one receive and one send are pending at a time; a receive and a send may overlap. Operations may complete
/// synchronously, and continuations may run on the thread that completes them. Report a broken stream as
/// <see cref="ConnectionClosedException"/> with the reason; anything else counts as
/// <see cref="CloseReason.TransportFailed"/>.
/// </remarks>
public abstract class ByteStream : IAsyncDisposable
{
    /// <summary>This side's endpoint.</summary>
    public abstract EndPoint LocalEndPoint { get; }

    /// <summary>The peer's endpoint.</summary>
    public abstract EndPoint RemoteEndPoint { get; }

    /// <summary>The peer's IP address, if it has one: known without making an endpoint, as a rule.</summary>
    internal virtual IPAddress? RemoteAddress => (RemoteEndPoint as IPEndPoint)?.Address;

    /// <summary>What TLS agreed on, if this stream is one of TLS; else null.</summary>
    public virtual TlsSession? Tls => null;

    /// <summary>The next receive may wait for long, and with it the buffer that it was given.</summary>
    internal virtual bool WaitsInReceive => false;

    /// <summary>
    /// Takes a copy of the bytes in order to send it soon, together with what others send, and then tells
    /// <paramref name="output"/>; false when they have to be sent now.
    /// </summary>
    internal virtual bool TryGather(ReadOnlySpan<byte> bytes, StreamOutput output) => false;

    /// <summary>
    /// Waits until a receive would not have to. Called before a buffer is rented for the receive, so that an idle
    /// connection holds none; may complete at once, and does unless it is overridden.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait with <see cref="OperationCanceledException"/>.</param>
    public virtual ValueTask WaitForDataAsync(CancellationToken cancellationToken) => default;

    /// <summary>
    /// Called before each receive that takes a token: a place to give way to others who wait for the same thread.
    /// </summary>
    internal virtual ValueTask LetOthersGoFirstAsync() => default;

    /// <summary>Receives what there is, at least one byte.</summary>
    /// <param name="buffer">Where to; never empty.</param>
    /// <param name="cancellationToken">Ends the wait with <see cref="OperationCanceledException"/>.</param>
    /// <returns>How many bytes; 0 when the peer has ended its side.</returns>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>
    /// Sends all of <paramref name="bytes"/>. Ended by <see cref="Abort"/> when the peer takes nothing.
    /// </summary>
    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>
    /// Tells the peer that nothing more will be sent (TCP's FIN); receiving goes on. No send is pending.
    /// </summary>
    public abstract ValueTask CompleteSendsAsync();

    /// <summary>
    /// Breaks the stream at once, so that the peer sees a reset where there is such a thing, and ends pending
    /// operations. May be called at any time, from any thread, more than once.
    /// </summary>
    public abstract void Abort();

    /// <summary>Releases everything. Called once, when no operation is pending.</summary>
    public abstract ValueTask DisposeAsync();
}
