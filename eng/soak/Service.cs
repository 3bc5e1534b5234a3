using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
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
    private readonly string _socketPath = Path.Combine(Path.GetTempPath(), $"soak-{Environment.ProcessId}.sock");
    private readonly List<IListener> _listeners = [];
    private long _activeConnections;

    public Service()
    {
        Tcp = new TcpTransport(new TcpTransportOptions { BufferPool = Pool });
        PortableTcp = new TcpTransport(Portable(new TcpTransportOptions { BufferPool = Pool }));
        HastyTcp = new TcpTransport(Hasty(new TcpTransportOptions { BufferPool = Pool }));
        HastyPortableTcp = new TcpTransport(Hasty(Portable(new TcpTransportOptions { BufferPool = Pool })));
        Unix = new TcpTransport(new TcpTransportOptions
        {
            BufferPool = Pool,
            Framing = MessageFraming.LengthPrefixed(),
        });
        Memory = new InMemoryTransport(new InMemoryTransportOptions { BufferPool = Pool });
        Udp = new UdpTransport(new UdpTransportOptions { BufferPool = Pool });
        _meters.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "transports.connections.active")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<long>(
            (_, change, _, _) => Interlocked.Add(ref _activeConnections, change));
        _meters.Start();
    }

    public CountingBufferPool Pool { get; } = new();

    public ITransport Tcp { get; }

    /// <summary>TCP by the framework's sockets, where <see cref="Tcp"/> takes the best there is.</summary>
    public ITransport PortableTcp { get; }

    /// <summary>For peers that stall or say nothing: has time-outs that no well-behaved peer could count on.</summary>
    public ITransport HastyTcp { get; }

    public ITransport HastyPortableTcp { get; }

    public ITransport Unix { get; }

    public ITransport Memory { get; }

    public ITransport Udp { get; }

    public SoakHandler Handler { get; } = new();

    public EndPoint TcpEndPoint => _listeners[0].LocalEndPoint;

    public EndPoint UnixEndPoint => _listeners[1].LocalEndPoint;

    public EndPoint MemoryEndPoint => _listeners[2].LocalEndPoint;

    public EndPoint UdpEndPoint => _listeners[3].LocalEndPoint;

    public EndPoint PortableTcpEndPoint => _listeners[4].LocalEndPoint;

    public EndPoint HastyTcpEndPoint => _listeners[5].LocalEndPoint;

    public EndPoint HastyPortableTcpEndPoint => _listeners[6].LocalEndPoint;

    public long ActiveConnections => Interlocked.Read(ref _activeConnections);

    public async Task StartAsync()
    {
        var loopback = new IPEndPoint(IPAddress.Loopback, 0);
        _listeners.Add(await Tcp.ListenAsync(loopback, Handler));
        _listeners.Add(await Unix.ListenAsync(new UnixDomainSocketEndPoint(_socketPath), Handler));
        _listeners.Add(await Memory.ListenAsync(new InMemoryEndPoint("soak"), Handler));
        _listeners.Add(await Udp.ListenAsync(loopback, Handler));
        _listeners.Add(await PortableTcp.ListenAsync(loopback, Handler));
        _listeners.Add(await HastyTcp.ListenAsync(loopback, Handler));
        _listeners.Add(await HastyPortableTcp.ListenAsync(loopback, Handler));
    }

    /// <summary>Stops everything; returns what went wrong, such as a loop that had died.</summary>
    public async Task<IReadOnlyList<string>> StopAsync()
    {
        var faults = new List<string>();
        foreach (var listener in _listeners)
        {
            if (listener.Completion.IsCompleted)
            {
                faults.Add($"{listener.LocalEndPoint} had ended before its time: {listener.Completion.Exception}");
            }

            await listener.StopAsync();
            await listener.Completion.ContinueWith(static _ => { }, TaskScheduler.Default);
        }

        _listeners.Clear();
        return faults;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _meters.Dispose();
    }

    private static TcpTransportOptions Portable(TcpTransportOptions options)
    {
        options.Driver = TransportDriver.Portable;
        return options;
    }

    private static TcpTransportOptions Hasty(TcpTransportOptions options)
    {
        options.IdleTimeout = TimeSpan.FromSeconds(3);
        options.SendTimeout = TimeSpan.FromSeconds(2);
        return options;
    }
}
