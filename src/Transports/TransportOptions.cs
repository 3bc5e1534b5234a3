using System.Buffers;

namespace Transports;

/// <summary>What the options of all transports have in common.</summary>
/// <remarks>A transport takes a copy when it is built: later changes have no effect on it.</remarks>
public abstract class TransportOptions
{
    /// <summary>
    /// How long <see cref="IListener.StopAsync"/> without a deadline of its own, and disposal, wait for messages that
    /// are being handled before they abort. Default 5 s; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.
    /// </summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The most bytes of received messages that a connection made by <see cref="ITransport.ConnectAsync"/> holds for a
    /// receiver that has not asked for them; one message is always held. Past it a stream is not read from (the peer
    /// is slowed down) and datagrams are dropped and counted. Default 65,536.
    /// </summary>
    public int ReceiveQueueBytes { get; set; } = 64 * 1024;

    /// <summary>
    /// What moves the bytes of sockets. Default <see cref="TransportDriver.Auto"/>. A transport without sockets has
    /// only one way, and does not look at this.
    /// </summary>
    public TransportDriver Driver { get; set; } = TransportDriver.Auto;

    /// <summary>Where buffers are rented from. Default <see cref="ArrayPool{T}.Shared"/>.</summary>
    public ArrayPool<byte> BufferPool { get; set; } = ArrayPool<byte>.Shared;

    /// <summary>Adds a line to <paramref name="faults"/> for every value that cannot be.</summary>
    protected internal virtual void Validate(ICollection<string> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        OptionRules.Timeout(faults, DrainTimeout, nameof(DrainTimeout));
        OptionRules.AtLeast(faults, ReceiveQueueBytes, 1, nameof(ReceiveQueueBytes));
        if (BufferPool is null)
        {
            faults.Add($"{nameof(BufferPool)} must be set.");
        }
    }

    /// <summary>A copy that nobody else can change; throws if a value cannot be.</summary>
    /// <exception cref="ArgumentException">Names every fault.</exception>
    internal TransportOptions Snapshot()
    {
        var faults = new List<string>();
        Validate(faults);
        return faults.Count == 0
            ? Copy()
            : throw new ArgumentException($"{GetType().Name}: {string.Join(" ", faults)}");
    }

    /// <summary>Copies what is valid, with everything in it that somebody could still change.</summary>
    private protected virtual TransportOptions Copy() => (TransportOptions)MemberwiseClone();
}
