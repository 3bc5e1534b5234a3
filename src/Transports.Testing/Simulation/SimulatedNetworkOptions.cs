namespace Transports.Testing;

/// <summary>How a <see cref="SimulatedNetwork"/> is made. A copy is taken.</summary>
public class SimulatedNetworkOptions
{
    /// <summary>Decides every chance on the network: the same seed gives the same run. Default 0.</summary>
    public ulong Seed { get; set; }

    /// <summary>
    /// What all links between different hosts do, until one is given conditions of its own. Default none: nothing at
    /// all, in no time.
    /// </summary>
    public NetworkConditions? Conditions { get; set; }

    /// <summary>What the trace keeps. Default none: what a trace keeps by default.</summary>
    public NetworkTraceOptions? Trace { get; set; }

    /// <summary>
    /// Whether virtual time moves by itself when all work has come to rest. Default true; when false it moves only in
    /// <see cref="SimulatedNetwork.StepAsync"/> and its like, and while a scenario runs.
    /// </summary>
    public bool AutoAdvance { get; set; } = true;

    /// <summary>
    /// For how much real time nothing may happen, though somebody waits, before the wait fails with a report of who
    /// waits on what. Default 2 s; none while a debugger is attached.
    /// </summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How many packets and timers may pass without the test's code getting a turn before a wait fails. Default
    /// 1,000,000.
    /// </summary>
    public int MaxStepsWithoutProgress { get; set; } = 1_000_000;

    /// <summary>
    /// Whether reads from simulated TCP end, and writes are joined, at points that the seed chooses. Default true: code
    /// that takes a read for a message must not get away with it.
    /// </summary>
    public bool SplitReads { get; set; } = true;

    /// <summary>
    /// How many bytes a TCP connection takes from its sender before it makes it wait. Default 65,536.
    /// </summary>
    public int TcpSendBufferBytes { get; set; } = 65_536;

    /// <summary>
    /// How many bytes a TCP connection holds for a reader that does not read: the largest window it offers, from 1 to
    /// 65,535. Default 65,535.
    /// </summary>
    public int TcpReceiveBufferBytes { get; set; } = 65_535;

    /// <summary>The first port that is given to a socket that asks for none in particular. Default 49,152.</summary>
    public int FirstEphemeralPort { get; set; } = 49_152;

    /// <summary>How many such ports a host has, for each protocol. Default 16,384.</summary>
    public int EphemeralPorts { get; set; } = 16_384;

    /// <summary>
    /// How far the hosts' clocks are set wrong at the most, either way: how far each is, the seed chooses
    /// (<see cref="SimulatedClock.Offset"/>). Default zero, at most 36,525 days.
    /// </summary>
    public TimeSpan MaxClockOffset { get; set; }

    /// <summary>
    /// How fast or slow the hosts' clocks run at the most, in parts per million: how much each does, the seed chooses
    /// (<see cref="SimulatedClock.DriftPpm"/>). Default 0, at most 500,000.
    /// </summary>
    public double MaxClockDriftPpm { get; set; }

    /// <summary>
    /// Whether each run does without whole kinds of faults, which the seed chooses (swarm testing): a run that loses
    /// nothing and reorders much finds what a little of everything does not. What is left of its conditions, the
    /// message of a failure says. Default false.
    /// </summary>
    public bool Swarm { get; set; }

    /// <summary>
    /// Where a run of <see cref="Simulation"/> that fails leaves a folder named after its seed, with the failure's
    /// message and the trace as text, as a diagram (SVG) and as a capture (pcapng); what is there of that name is
    /// overwritten. Default none: nothing is written.
    /// </summary>
    public string? FailureFolder { get; set; }

    internal SimulatedNetworkOptions Snapshot()
    {
        var faults = new List<string>();
        OptionRules.Timeout(faults, StallTimeout, nameof(StallTimeout));
        OptionRules.AtLeast(faults, MaxStepsWithoutProgress, 1, nameof(MaxStepsWithoutProgress));
        OptionRules.AtLeast(faults, TcpSendBufferBytes, 1, nameof(TcpSendBufferBytes));
        OptionRules.AtLeast(faults, TcpReceiveBufferBytes, 1, nameof(TcpReceiveBufferBytes));
        OptionRules.AtLeast(faults, FirstEphemeralPort, 1, nameof(FirstEphemeralPort));
        OptionRules.AtLeast(faults, EphemeralPorts, 1, nameof(EphemeralPorts));
        if (TcpReceiveBufferBytes > ushort.MaxValue)
        {
            faults.Add($"{nameof(TcpReceiveBufferBytes)} must be at most {ushort.MaxValue}.");
        }

        if (FirstEphemeralPort + EphemeralPorts - 1 > ushort.MaxValue)
        {
            faults.Add($"{nameof(FirstEphemeralPort)} and {nameof(EphemeralPorts)} reach beyond {ushort.MaxValue}.");
        }

        if (MaxClockOffset < TimeSpan.Zero || MaxClockOffset > SimulatedClock.MaxOffset)
        {
            faults.Add($"{nameof(MaxClockOffset)} must lie between zero and {SimulatedClock.MaxOffset}.");
        }

        if (!(MaxClockDriftPpm is >= 0 and <= -SimulatedClock.MinDriftPpm))
        {
            faults.Add($"{nameof(MaxClockDriftPpm)} must lie between 0 and {-SimulatedClock.MinDriftPpm}.");
        }

        return faults.Count == 0
            ? (SimulatedNetworkOptions)MemberwiseClone()
            : throw new ArgumentException($"{nameof(SimulatedNetworkOptions)}: {string.Join(" ", faults)}");
    }
}
