namespace Transports;

/// <summary>Options of <see cref="InMemoryTransport"/>.</summary>
/// <remarks>
/// The idle time-out is off, so that no timer runs in the background of a test; it can be switched on.
/// </remarks>
public class InMemoryTransportOptions : StreamTransportOptions
{
    /// <summary>Makes the defaults.</summary>
    public InMemoryTransportOptions() => IdleTimeout = Timeout.InfiniteTimeSpan;

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
