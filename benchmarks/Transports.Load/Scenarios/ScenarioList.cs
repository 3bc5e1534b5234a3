namespace Transports.Load;

/// <summary>The loads that the library is held to, with the targets of its issue.</summary>
internal static class ScenarioList
{
    private static readonly string[] StreamServers =
    [
        ServerKind.Library, ServerKind.Portable, ServerKind.Raw, ServerKind.Inline, ServerKind.Kestrel, ServerKind.C,
    ];

    private static readonly string[] DatagramServers =
        [ServerKind.Library, ServerKind.Raw, ServerKind.Inline, ServerKind.C, ServerKind.JoiningC];

    public static Scenario[] All { get; } =
    [
        Stream("tcp-64x1", 64, 1, 32, c: 1.10, raw: (0.75, 0.50), kestrel: (0.62, 0.40)),
        Stream("tcp-64x16", 64, 16, 32, c: 1.15, raw: (0.85, 0.60), kestrel: (0.60, 0.45)),
        Stream("tcp-1000x1", 1000, 1, 64, c: 1.10, raw: (0.85, 0.65), kestrel: (0.70, 0.55)),
        Stream("tcp-64x4-1k", 64, 4, 1024, c: 1.00, raw: (0.85, 0.60), kestrel: (0.70, 0.50)),
        Stream("tcp-1x1", 1, 1, 32, c: 1.10, raw: (0.95, 0.95), kestrel: (0.85, 0.85))
            with { Measure = Measure.P50 },
        Stream("unix-64x1", 64, 1, 32) with { Transport = LoadTransport.Unix, Title = "Unix socket 64×1, 32 B" },
        Datagrams("udp-16x32", 16, 32, 32, new(ServerKind.C, 0.85, 0.85), new(ServerKind.Raw, 0.55, 0.35)),
        Datagrams("udp-16x32-1200", 16, 32, 1200, new(ServerKind.C, 0.80, 0.80), new(ServerKind.Raw, 0.55, 0.35)),
        Datagrams("udp-1x1", 1, 1, 32, new(ServerKind.C, 1.20, 1.20), new(ServerKind.Raw, 0.85, 0.85))
            with { Measure = Measure.P50 },
        Joined(Datagrams("udp-gso", 16, 32, 32, new(ServerKind.JoiningC, 1.20, 1.20), new(ServerKind.Raw, 0.10, 0.10))),
        Joined(Datagrams(
            "udp-gso-1200", 16, 32, 1200, new(ServerKind.JoiningC, 1.20, 1.20), new(ServerKind.Raw, 0.10, 0.10))),
    ];

    private static Scenario Stream(
        string name,
        int connections,
        int inFlight,
        int size,
        double? c = null,
        (double Ordinary, double Busy)? raw = null,
        (double Ordinary, double Busy)? kestrel = null)
    {
        var targets = new List<Target>();
        if (c is { } most)
        {
            targets.Add(new Target(ServerKind.C, most, most));
        }

        if (raw is { } ofRaw)
        {
            targets.Add(new Target(ServerKind.Raw, ofRaw.Ordinary, ofRaw.Busy));
        }

        if (kestrel is { } ofKestrel)
        {
            targets.Add(new Target(ServerKind.Kestrel, ofKestrel.Ordinary, ofKestrel.Busy));
        }

        return new Scenario(name, $"TCP {connections}×{inFlight}, {Bytes(size)}", LoadTransport.Tcp)
        {
            Connections = connections,
            InFlight = inFlight,
            Size = size,
            Servers = StreamServers,
            Targets = [.. targets],
        };
    }

    private static Scenario Datagrams(string name, int sockets, int inFlight, int size, params Target[] targets) =>
        new(name, $"UDP {sockets}×{inFlight}, {Bytes(size)}", LoadTransport.Udp)
        {
            Connections = sockets,
            InFlight = inFlight,
            Size = size,
            Servers = DatagramServers,
            Targets = targets,
        };

    private static Scenario Joined(Scenario scenario) =>
        scenario with { Joined = true, Title = $"{scenario.Title}, clients with GSO" };

    private static string Bytes(int size) => size % 1024 == 0 ? $"{size / 1024} KiB" : $"{size} B";
}
