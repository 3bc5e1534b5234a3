namespace Transports.Load;

/// <summary>What one slice of load on one server came to.</summary>
internal sealed record SliceResult
{
    public long Messages { get; init; }

    public long Lost { get; init; }

    public double Seconds { get; init; }

    public double CpuMicroseconds { get; init; }

    /// <summary>How often a thread of the server went to sleep, ramp and last replies included.</summary>
    public long Sleeps { get; init; }

    public double P50Microseconds { get; init; }

    public double P99Microseconds { get; init; }

    public double P999Microseconds { get; init; }

    public double MessagesPerSecond => Messages / Seconds;

    public double SleepsPerThousand => 1000.0 * Sleeps / Math.Max(1, Messages);

    /// <summary>Processor time of the server, user and system.</summary>
    public double CpuPerMessage => CpuMicroseconds / Math.Max(1, Messages);
}
