namespace Transports.Load;

/// <summary>A load, the servers that are put under it, and what is asked of the library.</summary>
internal sealed record Scenario(string Name, string Title, ScenarioGroup Group)
{
    public LoadTransport Transport { get; init; } = LoadTransport.Tcp;

    public int Connections { get; init; } = 1;

    public int InFlight { get; init; } = 1;

    /// <summary>Bytes of a message; on a stream its line end is one of them.</summary>
    public int Size { get; init; } = 32;

    public Measure Measure { get; init; } = Measure.CpuPerMessage;

    public LoadShape[] Shapes { get; init; } = [LoadShape.Ordinary, LoadShape.Busy];

    /// <summary>The client's datagrams are joined by the kernel, and its replies may be.</summary>
    public bool Joined { get; init; }

    /// <summary>
    /// Above 0, messages come at a fixed rate: this part of what the first server reaches when it never runs dry.
    /// </summary>
    public double RatePart { get; init; }

    /// <summary>Slices are longer where rare things are to be seen.</summary>
    public double SliceFactor { get; init; } = 1;

    public string[] Servers { get; init; } = [];

    public Target[] Targets { get; init; } = [];

    /// <summary>The clients of all servers together need more descriptors than a process may have as a rule.</summary>
    public bool ConnectsAtEachTurn => Connections > 2000;

    /// <summary>Selected by its name, or by a beginning of it that ends before a hyphen.</summary>
    public bool IsCalled(string name) => Name == name || Name.StartsWith($"{name}-", StringComparison.Ordinal);

    public double Figure(SliceResult slice) => Measure switch
    {
        Measure.P50 => slice.P50Microseconds,
        Measure.P999 => slice.P999Microseconds,
        _ => slice.CpuPerMessage,
    };

    public LoadClient Connect(ServerProcess server) => this switch
    {
        { Transport: LoadTransport.Udp } =>
            new DatagramClient(server.EndPoint, Connections, InFlight, Size, Joined),
        { RatePart: > 0 } => new PacedStreamClient(server.EndPoint, Connections, Size),
        _ => new StreamClient(server.EndPoint, Connections, InFlight, Size),
    };
}
