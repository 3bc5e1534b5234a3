using System.Net;

namespace Transports;

/// <summary>
/// What a transport needs from a datagram service below it: a bound socket, a batch of system calls, a simulated
/// network. Handling, replies, limits, drain, logs and metrics stand above it, once.
/// </summary>
/// <remarks>
/// <para>
/// At most one receive is pending at a time; any number of sends, from any thread. Operations may complete
/// synchronously, and continuations may run on the thread that completes them.
/// </para>
/// <para>
/// Peers are told apart by <see cref="SocketAddress"/>. The endpoint's own <see cref="EndPoint.Create"/> and
/// <see cref="EndPoint.Serialize"/> turn one into the other, so a service of another kind brings an endpoint class that
/// overrides these two and <see cref="EndPoint.AddressFamily"/>.
/// </para>
/// </remarks>
public abstract class DatagramChannel : IAsyncDisposable
{
    /// <summary>The endpoint really bound. Does not change.</summary>
    public abstract EndPoint LocalEndPoint { get; }

    /// <summary>
    /// The one peer whose datagrams this channel receives; null when it receives from anybody, which is the default.
    /// </summary>
    public virtual EndPoint? RemoteEndPoint => null;

    /// <summary>How many datagrams one receive can yield. Default 1; does not change.</summary>
    public virtual int BatchSize => 1;

    /// <summary>
    /// True when <see cref="ReceiveAsync"/> blocks its thread until there is a datagram: it then gets a thread of its
    /// own, and another one in its place when a handler blocks that thread. Default false.
    /// </summary>
    public virtual bool BlocksOnReceive => false;

    /// <summary>
    /// True for a channel that sends from <see cref="Datagram.Pinned"/> memory without a copy, and always completes a
    /// send of a listener at once.
    /// </summary>
    internal virtual bool TakesPinned => false;

    /// <summary>
    /// True for a channel that lends its own memory to slots without a buffer (<see cref="Datagram.Lend"/>), and gives
    /// those that have one a larger buffer where they need it.
    /// </summary>
    internal virtual bool LendsBuffers => false;

    /// <summary>
    /// True for an address of this machine, so that a datagram which claims to come from a listener on all addresses is
    /// told apart. Asked by its receive loop, and only about senders with the listener's own port.
    /// </summary>
    internal virtual bool IsOwnAddress(UInt128 address) => false;

    /// <summary>Receives what there is, waiting for the first datagram.</summary>
    /// <param name="batch">
    /// The slots to fill from the first on; at least one, at most <see cref="BatchSize"/>. A datagram longer than its
    /// slot's buffer is marked as <see cref="Datagram.IsTruncated"/> where that can be known.
    /// </param>
    /// <param name="cancellationToken">
    /// Ends the wait with <see cref="OperationCanceledException"/>. A channel that blocks may ignore it:
    /// <see cref="DisposeAsync"/> follows.
    /// </param>
    /// <returns>How many slots were filled; 0 makes the caller ask again.</returns>
    /// <exception cref="ObjectDisposedException">The channel is gone: this alone ends a listener.</exception>
    /// <exception cref="Exception">
    /// Anything else: this receive failed. It is counted, logged now and then, and tried again, after a while if it
    /// goes on failing.
    /// </exception>
    public abstract ValueTask<int> ReceiveAsync(Memory<Datagram> batch, CancellationToken cancellationToken);

    /// <summary>Sends datagrams, each to its <see cref="Datagram.Address"/>.</summary>
    /// <param name="batch">At least one. The slots are the caller's again when the task ends.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>How many were sent, from the first on; at least one. The caller comes again with the others.</returns>
    /// <exception cref="Exception">
    /// The first could not be sent: it is counted as lost, and the caller goes on with the second.
    /// </exception>
    public abstract ValueTask<int> SendAsync(ReadOnlyMemory<Datagram> batch, CancellationToken cancellationToken);

    /// <summary>
    /// Releases everything, and ends a receive that is pending, also one that blocks a thread. May be called more than
    /// once, and while other calls are pending.
    /// </summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>A slot to receive into; it has a buffer, unless this channel lends it one.</summary>
    internal Datagram NewSlot(DatagramTransportOptions options)
    {
        var slot = new Datagram(default, DatagramSender.NewAddress(this));
        if (!LendsBuffers)
        {
            RentBuffer(slot, options);
        }

        return slot;
    }

    /// <summary>Gives a slot its first buffer: one byte more than the limit shows what is longer.</summary>
    internal void RentBuffer(Datagram slot, DatagramTransportOptions options) => slot.RentBuffer(
        options.BufferPool,
        LendsBuffers ? Math.Min(options.MaxMessageBytes, 2048) : options.MaxMessageBytes + 1);
}
