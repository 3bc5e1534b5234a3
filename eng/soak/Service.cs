using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Transports;
using Transports.Framing;
using Transports.Testing;

namespace Soak;

/// <summary>
/// The upper-case service on every transport, with limits short enough to be reached, started and stopped.
/// </summary>
internal sealed class Service : IAsyncDisposable
{
    private readonly MeterListener _meters = new();
    private readonly X509Certificate2 _certificate = Certificates.Make();
    private readonly string _socketPath = Path.Combine(Path.GetTempPath(), $"soak-{Environment.ProcessId}.sock");
    private long _activeConnections;
    private long _pendingHandshakes;

    public Service()
    {
        var loopback = new IPEndPoint(IPAddress.Loopback, 0);
        Site OnTcp(string name, TcpTransportOptions options) => new(name, new TcpTransport(options), () => loopback);
        Tcp = OnTcp("tcp", NewTcp());
        PortableTcp = OnTcp("portable tcp", Portable(NewTcp()));
        Tls = OnTcp("tls", Secure(NewTcp()));
        PortableTls = OnTcp("portable tls", Secure(Portable(NewTcp())));
        HastyTcp = OnTcp("hasty tcp", Hasty(NewTcp()));
        HastyPortableTcp = OnTcp("hasty portable tcp", Hasty(Portable(NewTcp())));
        HastyTls = OnTcp("hasty tls", Hasty(Secure(NewTcp())));
        var lengths = NewTcp();
        lengths.Framing = MessageFraming.LengthPrefixed();
        Unix = new("unix", new TcpTransport(lengths), () => new UnixDomainSocketEndPoint(_socketPath));
        var memory = new InMemoryTransport(new InMemoryTransportOptions { BufferPool = Pool });
        Memory = new("memory", memory, () => new InMemoryEndPoint("soak"));
        Udp = new("udp", new UdpTransport(new UdpTransportOptions { BufferPool = Pool }), () => loopback);
        PortableUdp = new(
            "portable udp",
            new UdpTransport(new UdpTransportOptions { BufferPool = Pool, Driver = TransportDriver.Portable }),
            () => loopback);
        LimitedUdp = new("limited udp", new UdpTransport(Limited()), () => new IPEndPoint(IPAddress.Any, 0));
        Sites =
        [
            Tcp, PortableTcp, Tls, PortableTls, HastyTcp, HastyPortableTcp, HastyTls, Unix, Memory, Udp, PortableUdp,
            LimitedUdp,
        ];
        Listen();
    }

    public CountingBufferPool Pool { get; } = new();

    public SoakHandler Handler { get; } = new();

    public IReadOnlyList<Site> Sites { get; }

    public Site Tcp { get; }

    /// <summary>TCP by the framework's sockets, where <see cref="Tcp"/> takes the best there is.</summary>
    public Site PortableTcp { get; }

    public Site Tls { get; }

    public Site PortableTls { get; }

    /// <summary>For peers that stall or say nothing: has time-outs that no well-behaved peer could count on.</summary>
    public Site HastyTcp { get; }

    public Site HastyPortableTcp { get; }

    public Site HastyTls { get; }

    public Site Unix { get; }

    public Site Memory { get; }

    public Site Udp { get; }

    public Site PortableUdp { get; }

    /// <summary>For peers that flood: on all addresses and two sockets, and with a rate for each source.</summary>
    public Site LimitedUdp { get; }

    public long ActiveConnections => Interlocked.Read(ref _activeConnections);

    public long PendingHandshakes => Interlocked.Read(ref _pendingHandshakes);

    public async Task StartAsync()
    {
        foreach (var site in Sites)
        {
            await site.StartAsync(Handler);
        }
    }

    /// <summary>Stops everything; returns what went wrong, such as a loop that had died.</summary>
    public async Task<IReadOnlyList<string>> StopAsync()
    {
        var faults = new List<string>();
        foreach (var site in Sites)
        {
            if (await site.StopAsync() is { } fault)
            {
                faults.Add(fault);
            }
        }

        return faults;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _meters.Dispose();
        _certificate.Dispose();
    }

    public TcpTransportOptions NewTcp() => new() { BufferPool = Pool };

    private static TcpTransportOptions Portable(TcpTransportOptions options)
    {
        options.Driver = TransportDriver.Portable;
        return options;
    }

    private static TcpTransportOptions Hasty(TcpTransportOptions options)
    {
        options.IdleTimeout = TimeSpan.FromSeconds(3);
        options.SendTimeout = TimeSpan.FromSeconds(2);
        options.HandshakeTimeout = TimeSpan.FromSeconds(2);
        return options;
    }

    private TcpTransportOptions Secure(TcpTransportOptions options)
    {
        options.ServerTls = new SslServerAuthenticationOptions { ServerCertificate = _certificate };
        options.ClientTls = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                certificate?.GetCertHashString() == _certificate.GetCertHashString(),
        };
        return options;
    }

    private UdpTransportOptions Limited() => new()
    {
        BufferPool = Pool,
        Shards = 2,
        SourceRatePerSecond = 1_000,
        SourceTableSize = 256,
    };

    private void Listen()
    {
        _meters.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name is "transports.connections.active" or "transports.handshakes.pending")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<long>((instrument, change, _, _) => Interlocked.Add(
            ref instrument.Name == "transports.connections.active" ? ref _activeConnections : ref _pendingHandshakes,
            change));
        _meters.Start();
    }
}
