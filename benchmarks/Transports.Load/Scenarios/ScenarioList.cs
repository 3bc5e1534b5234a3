namespace Transports.Load;

/// <summary>The loads that the library is held to, with the targets of its issue.</summary>
internal static class ScenarioList
{
    private static readonly string[] StreamServers =
    [
        ServerKind.Library, ServerKind.Portable, ServerKind.Raw, ServerKind.Inline, ServerKind.Kestrel, ServerKind.C,
    ];

    private static readonly string[] DatagramServers =
    [
        ServerKind.Library, ServerKind.Portable, ServerKind.Raw, ServerKind.Inline, ServerKind.C, ServerKind.JoiningC,
    ];

    public static Scenario[] All { get; } =
    [
        Stream("tcp-64x1", 64, 1, 32, OfC(1.10), OfRaw(0.75, 0.50), OfKestrel(0.62, 0.40)),
        Stream("tcp-64x16", 64, 16, 32, OfC(1.15), OfRaw(0.85, 0.60), OfKestrel(0.60, 0.45)),
        Stream("tcp-1000x1", 1000, 1, 64, OfC(1.10), OfRaw(0.85, 0.65), OfKestrel(0.70, 0.55)),
        Stream("tcp-64x4-1k", 64, 4, 1024, OfC(1.00), OfRaw(0.85, 0.60), OfKestrel(0.70, 0.50)),
        Stream("tcp-1x1", 1, 1, 32, OfC(1.10), OfRaw(0.95, 0.95), OfKestrel(0.85, 0.85))
            with { Measure = Measure.P50 },
        Stream("unix-64x1", 64, 1, 32) with { Transport = LoadTransport.Unix, Title = "Unix 64×1, 32 B" },

        Datagrams("udp-16x32", 16, 32, 32, OfC(0.85), OfRaw(0.55, 0.35)),
        Datagrams("udp-16x32-1200", 16, 32, 1200, OfC(0.80), OfRaw(0.55, 0.35)),
        Datagrams("udp-1x1", 1, 1, 32, OfC(1.20), OfRaw(0.85, 0.85)) with { Measure = Measure.P50 },
        Joined("udp-gso", 32),
        Joined("udp-gso-1200", 1200),

        new("latency-half-load", "TCP 64 connections, half of the library's most, 32 B", ScenarioGroup.Latency)
        {
            Connections = 64,
            RatePart = 0.5,
            SliceFactor = 2,
            Measure = Measure.P999,
            Shapes = [LoadShape.Busy],
            Servers = [ServerKind.Library, ServerKind.Raw, ServerKind.Kestrel, ServerKind.C],
            Targets = [OfKestrel(1, 1)],
        },
        new("latency-blocking", "TCP 64×1, 32 B, the handler blocks", ScenarioGroup.Latency)
        {
            Connections = 64,
            SliceFactor = 4,
            Measure = Measure.P999,
            Servers = [ServerKind.Blocking, ServerKind.Library],
        },
        new("latency-blocking-udp", "UDP 16×4, 32 B, the handler blocks", ScenarioGroup.Latency)
        {
            Transport = LoadTransport.Udp,
            Connections = 16,
            InFlight = 4,
            SliceFactor = 4,
            Measure = Measure.P999,
            Servers = [ServerKind.Blocking, ServerKind.Library],
        },
        .. GrowthScenarios.All,
    ];

    private static Target OfPortable => new(ServerKind.Raw, 1.05, 1.05) { Of = ServerKind.Portable };

    private static Scenario Stream(
        string name, int connections, int inFlight, int size, params Target[] targets) =>
        new(name, $"TCP {connections}×{inFlight}, {Bytes(size)}", ScenarioGroup.Stream)
        {
            Connections = connections,
            InFlight = inFlight,
            Size = size,
            Servers = StreamServers,
            Targets = [.. targets, OfPortable],
        };

    private static Scenario Datagrams(string name, int sockets, int inFlight, int size, params Target[] targets) =>
        new(name, $"UDP {sockets}×{inFlight}, {Bytes(size)}", ScenarioGroup.Datagram)
        {
            Transport = LoadTransport.Udp,
            Connections = sockets,
            InFlight = inFlight,
            Size = size,
            Servers = DatagramServers,
            Targets = [.. targets, OfPortable],
        };

    private static Scenario Joined(string name, int size)
    {
        var targets = new[] { new Target(ServerKind.JoiningC, 1.20, 1.20), OfRaw(0.10, 0.10) };
        var scenario = Datagrams(name, 16, 32, size, targets);
        return scenario with { Joined = true, Title = $"{scenario.Title}, clients with GSO" };
    }

    private static Target OfC(double most) => new(ServerKind.C, most, most);

    private static Target OfRaw(double ordinary, double busy) => new(ServerKind.Raw, ordinary, busy);

    private static Target OfKestrel(double ordinary, double busy) => new(ServerKind.Kestrel, ordinary, busy);

    private static string Bytes(int size) => size % 1024 == 0 ? $"{size / 1024} KiB" : $"{size} B";
}
