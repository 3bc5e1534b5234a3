namespace Transports.Load;

/// <summary>A load, the servers that are put under it, and what is asked of the library.</summary>
internal sealed record Scenario(string Name, string Title, LoadTransport Transport)
{
    public int Connections { get; init; } = 1;

    public int InFlight { get; init; } = 1;

    /// <summary>Bytes of a message; on a stream its line end is one of them.</summary>
    public int Size { get; init; } = 32;

    public Measure Measure { get; init; } = Measure.CpuPerMessage;

    /// <summary>The client's datagrams are joined by the kernel, and its replies may be.</summary>
    public bool Joined { get; init; }

    public string[] Servers { get; init; } = [];

    public Target[] Targets { get; init; } = [];

    public LoadClient Connect(ServerProcess server) => Transport == LoadTransport.Udp
        ? new DatagramClient(server.EndPoint, Connections, InFlight, Size, Joined)
        : new StreamClient(server.EndPoint, Connections, InFlight, Size);
}
