namespace Soak;

/// <summary>All that clients do, one list for each kind of worker.</summary>
internal static class Scenarios
{
    public static IEnumerable<IReadOnlyList<Scenario>> For(Service service, Tally tally)
    {
        var tcp = new StreamClients(service.Tcp, () => service.TcpEndPoint, tally);
        var portable = new StreamClients(service.PortableTcp, () => service.PortableTcpEndPoint, tally);
        var unix = new StreamClients(service.Unix, () => service.UnixEndPoint, tally);
        var memory = new StreamClients(service.Memory, () => service.MemoryEndPoint, tally);
        var udp = new DatagramClients(service.Udp, () => service.UdpEndPoint, tally);
        var rawTcp = new RawClients(() => service.TcpEndPoint, tally);
        var rawPortable = new RawClients(() => service.PortableTcpEndPoint, tally);
        var hastyTcp = new RawClients(() => service.HastyTcpEndPoint, tally);
        var hastyPortable = new RawClients(() => service.HastyPortableTcpEndPoint, tally);
        var rawUnix = new RawClients(() => service.UnixEndPoint, tally);
        yield return OfConnections("tcp", tcp);
        yield return OfConnections("portable tcp", portable);
        yield return OfConnections("unix", unix);
        yield return OfConnections("memory", memory);
        yield return OfDatagrams(udp);
        yield return
        [
            new("tcp, half-close", rawTcp.HalfCloseAsync),
            new("tcp, reset", rawTcp.ResetAsync),
            new("tcp, garbage", rawTcp.GarbageAsync),
            new("tcp, endless line", rawTcp.EndlessLineAsync),
            new("portable tcp, half-close", rawPortable.HalfCloseAsync),
            new("portable tcp, garbage", rawPortable.GarbageAsync),
            new("unix, garbage", rawUnix.GarbageAsync),
        ];
        yield return
        [
            new("tcp, stall", hastyTcp.StallAsync),
            new("tcp, silence", hastyTcp.SilenceAsync),
            new("portable tcp, stall", hastyPortable.StallAsync),
            new("portable tcp, silence", hastyPortable.SilenceAsync),
        ];
    }

    private static Scenario[] OfConnections(string name, StreamClients clients) =>
    [
        new($"{name}, talk", clients.TalkAsync),
        new($"{name}, pipeline", clients.PipelineAsync),
        new($"{name}, connect and close", clients.ConnectAndCloseAsync),
        new($"{name}, abort", clients.AbortAsync),
        new($"{name}, leave without reading", clients.LeaveAsync),
    ];

    private static Scenario[] OfDatagrams(DatagramClients clients) =>
    [
        new("udp, talk", clients.TalkAsync),
        new("udp, talk on one socket", clients.TalkAsync),
        new("udp, garbage", clients.GarbageAsync),
        new("udp, leave without reading", clients.LeaveAsync),
    ];
}
