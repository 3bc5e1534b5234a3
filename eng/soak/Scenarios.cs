using Transports.Testing;

namespace Soak;

/// <summary>All that clients do, one list for each kind of worker.</summary>
internal static class Scenarios
{
    /// <summary>What a bad link does to datagrams; TCP would hide it.</summary>
    private static readonly NetworkConditions BadLink = new()
    {
        Loss = 0.02,
        Duplicate = 0.01,
        Delay = TimeSpan.FromMilliseconds(2),
        Jitter = TimeSpan.FromMilliseconds(1),
    };

    public static IEnumerable<IReadOnlyList<Scenario>> For(Service service, Tally tally)
    {
        foreach (var site in (Site[])
            [service.Tcp, service.PortableTcp, service.Tls, service.PortableTls, service.Unix, service.Memory])
        {
            yield return OfConnections(site.Name, new StreamClients(site, tally));
        }

        foreach (var site in (Site[])[service.Udp, service.PortableUdp])
        {
            yield return OfDatagrams(site.Name, new DatagramClients(site.Transport, () => site.EndPoint, tally));
        }

        yield return OfBadLinks(service, tally);
        yield return [.. new[] { service.Tcp, service.PortableTcp, service.Tls, service.Unix }
            .SelectMany(site => OfBareSockets(site, new RawClients(() => site.EndPoint, tally), service))];
        yield return [.. new[] { service.HastyTcp, service.HastyPortableTcp, service.HastyTls }
            .SelectMany(site => OfSilence(site.Name, new RawClients(() => site.EndPoint, tally)))];
        var restarts = new Restarts(service, tally);
        yield return
        [
            new("tcp, restart under load", restarts.TcpAsync),
            new("udp, restart under load", restarts.UdpAsync),
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

    private static Scenario[] OfDatagrams(string name, DatagramClients clients) =>
    [
        new($"{name}, talk", clients.TalkAsync),
        new($"{name}, garbage", clients.GarbageAsync),
        new($"{name}, leave without reading", clients.LeaveAsync),
    ];

    private static Scenario[] OfBadLinks(Service service, Tally tally)
    {
        var site = service.Udp;
        var link = new DatagramClients(site.Transport.WithConditions(BadLink, seed: 1), () => site.EndPoint, tally);
        var limited = new DatagramClients(
            service.LimitedUdp.Transport, () => Loopback.Of(service.LimitedUdp.EndPoint), tally);
        return
        [
            new("udp on a bad link, talk", link.TalkAsync),
            new("limited udp, talk", limited.TalkAsync),
            new("limited udp, flood", limited.FloodAsync),
        ];
    }

    private static IEnumerable<Scenario> OfBareSockets(Site site, RawClients clients, Service service)
    {
        yield return new($"{site.Name}, garbage", clients.GarbageAsync);
        yield return new($"{site.Name}, reset", clients.ResetAsync);
        if (site == service.Tcp || site == service.PortableTcp)
        {
            yield return new($"{site.Name}, half-close", clients.HalfCloseAsync);
            yield return new($"{site.Name}, endless line", clients.EndlessLineAsync);
        }
    }

    private static IEnumerable<Scenario> OfSilence(string name, RawClients clients) =>
    [
        new($"{name}, stall", clients.StallAsync),
        new($"{name}, silence", clients.SilenceAsync),
    ];
}
