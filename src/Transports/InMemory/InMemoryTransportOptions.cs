namespace Transports;

/// <summary>Options of <see cref="InMemoryTransport"/>.</summary>
/// <remarks>
/// The idle time-out and the least rate are off, so that no timer runs in the background of a test, and so is the limit
/// on accepts in a second, since a test's clock may stand still. They can be switched on.
/// </remarks>
public class InMemoryTransportOptions : StreamTransportOptions
{
    /// <summary>Makes the defaults.</summary>
    public InMemoryTransportOptions() =>
        (IdleTimeout, MinReceiveRate, MaxAcceptsPerSecond) = (Timeout.InfiniteTimeSpan, 0, 0);

    /// <summary>
    /// How many bytes one direction of a connection holds before its sender waits: the part that a network's buffers
    /// play elsewhere. Default 65,536.
    /// </summary>
    public int PipeBytes { get; set; } = 64 * 1024;

    /// <inheritdoc/>
    protected internal override void Validate(ICollection<string> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        base.Validate(faults);
        OptionRules.AtLeast(faults, PipeBytes, 1, nameof(PipeBytes));
    }
}
