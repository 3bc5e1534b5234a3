namespace Transports.Testing;

/// <summary>What a <see cref="NetworkTrace"/> keeps.</summary>
public sealed class NetworkTraceOptions
{
    /// <summary>Whether events are recorded at all. Default true. Faults are counted either way.</summary>
    public bool IsEnabled { get; set; } = true;

    /// <summary>How many events are kept; the oldest go first. Default 100,000.</summary>
    public int MaxEvents { get; set; } = 100_000;

    /// <summary>How many bytes of each packet's payload are kept. Default 65,535: all.</summary>
    public int MaxPayloadBytes { get; set; } = 65_535;
}
