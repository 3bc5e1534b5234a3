using System.Net;
using Microsoft.Extensions.Logging;

namespace Transports.Testing;

/// <summary>A machine on a <see cref="SimulatedNetwork"/>. All members may be used from any thread.</summary>
public sealed partial class SimulatedHost
{
    private readonly Func<SimulatedHost, Task>? _start;
    private readonly List<ITimed> _whilePaused = [];

    internal SimulatedHost(SimulatedNetwork network, string name, uint address, Func<SimulatedHost, Task>? start)
    {
        (Network, Name, AddressNumber, _start) = (network, name, address, start);
        Address = SimulatedAddress.ToAddress(address);
        Clock = new SimulatedClock(this);
        Datagrams = new DatagramStack(this);
        Streams = new TcpStack(this);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its address. It also answers itself on 127.0.0.1.</summary>
    public IPAddress Address { get; }

    /// <summary>The network that it is on.</summary>
    public SimulatedNetwork Network { get; }

    /// <summary>
    /// Its clock, by which its transports go, and all else that runs on it should: the network's, until it is set wrong
    /// or made to drift.
    /// </summary>
    public SimulatedClock Clock { get; }

    /// <summary>Whether it runs: false from a crash until it is restarted.</summary>
    public bool IsUp { get; private set; } = true;

    /// <summary>Whether it is paused.</summary>
    public bool IsPaused { get; private set; }

    internal uint AddressNumber { get; }

    internal DatagramStack Datagrams { get; }

    internal TcpStack Streams { get; }

    /// <summary>UDP on this host: all of <see cref="UdpTransport"/> but the sockets.</summary>
    /// <param name="options">Limits; null takes the defaults, otherwise a copy is taken.</param>
    /// <param name="loggerFactory">Where it logs; null logs nowhere.</param>
    /// <param name="timeProvider">Its clock; null is the host's.</param>
    /// <exception cref="ArgumentException">An option has a value that cannot be.</exception>
    public ITransport Udp(
        UdpTransportOptions? options = null, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
    {
        var clock = timeProvider ?? Clock;
        return new SimulatedTransport(
            new SimulatedUdpTransport(this, options ?? new UdpTransportOptions(), loggerFactory, clock),
            Network,
            clock);
    }

    /// <summary>TCP on this host: all of <see cref="TcpTransport"/> but the sockets and TLS.</summary>
    /// <param name="options">Framing and limits; null takes the defaults, otherwise a copy is taken.</param>
    /// <param name="loggerFactory">Where it logs; null logs nowhere.</param>
    /// <param name="timeProvider">Its clock; null is the host's.</param>
    /// <exception cref="ArgumentException">An option has a value that cannot be, or asks for TLS.</exception>
    public ITransport Tcp(
        TcpTransportOptions? options = null, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
    {
        if (options is { HasTls: true })
        {
            // What was meant to be safe must not be plain.
            throw new ArgumentException("There is no TLS on a simulated network.", nameof(options));
        }

        var clock = timeProvider ?? Clock;
        return new SimulatedTransport(
            new SimulatedTcpTransport(this, options ?? new TcpTransportOptions(), loggerFactory, clock),
            Network,
            clock);
    }

    /// <summary>
    /// A TCP connection without framing: for a peer that misbehaves on purpose. Its members may be used from any
    /// thread.
    /// </summary>
    /// <exception cref="ConnectionFailedException">Nobody listens there.</exception>
    public ValueTask<ByteStream> OpenStreamAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken = default) =>
        SimulatedTcpTransport.OpenAsync(this, remoteEndPoint, cancellationToken);

    /// <summary>
    /// A connected UDP socket without the dispatch above it. Its receives do not look at their tokens: disposal ends
    /// them. Its members may be used from any thread.
    /// </summary>
    /// <exception cref="ConnectionFailedException">There is no way to that peer.</exception>
    public ValueTask<DatagramChannel> OpenDatagramsAsync(EndPoint remoteEndPoint) => SimulatedUdpTransport.OpenAsync(
        this, remoteEndPoint, connects: true, SimulatedUdpTransport.DefaultReceiveBufferBytes);

    /// <summary>An endpoint on this host.</summary>
    public IPEndPoint EndPoint(int port) => new(Address, port);

    /// <summary>Starts what runs on it, if it was given something to run.</summary>
    public Task StartAsync() => _start?.Invoke(this) ?? Task.CompletedTask;

    /// <summary>
    /// The power fails: all that was open on it is gone, and nobody else is told. What runs on it gets an error from
    /// every connection and listener.
    /// </summary>
    public void Crash() => Network.Loop.Execute(() =>
    {
        IsUp = false;
        SetPaused(false);
        Note("crashed");
        foreach (var packet in TakeWaiting().OfType<SimulatedPacket>())
        {
            Arrive(packet);
        }

        Datagrams.Crash();
        Streams.Crash();
    });

    /// <summary>Crashes it if it is up, and starts it again.</summary>
    public Task RestartAsync()
    {
        Crash();
        Network.Loop.Execute(() =>
        {
            IsUp = true;
            Note("restarted");
        });
        return StartAsync();
    }

    /// <summary>
    /// It stands still until <see cref="Resume"/>, as a machine does whose memory is being moved: it receives nothing,
    /// and no timer of its clock fires. What arrives waits, in order; the clock goes on.
    /// </summary>
    /// <remarks>What the test's own code does on it meanwhile, such as sending, is done.</remarks>
    public void Pause() => Network.Loop.Execute(() =>
    {
        SetPaused(IsUp);
        Note("paused");
    });

    /// <summary>It goes on, first of all with what arrived meanwhile; timers that fell due fire at once.</summary>
    public void Resume() => Network.Loop.Execute(() =>
    {
        SetPaused(false);
        Note("resumed");
        foreach (var item in TakeWaiting())
        {
            item.Happen();
        }
    });

    /// <summary>Its name and address.</summary>
    public override string ToString() => $"{Name} ({Address})";

    /// <summary>Sends a packet whose addresses and payload are set. On the loop's thread.</summary>
    internal void Send(SimulatedPacket packet)
    {
        var destination = IsOwn(packet.DestinationAddress) ? this : Network.FindHost(packet.DestinationAddress);
        if (destination is null)
        {
            // There is no such host, so there is no link either: as on a real network, nobody says so.
            Network.Packets.Return(packet);
            return;
        }

        Network.Link(this, destination).Send(packet);
    }

    internal void Arrive(SimulatedPacket packet)
    {
        if (!IsUp)
        {
            packet.Link.Lose(packet, NetworkFault.HostDown);
        }
        else if (DefersWhilePaused(packet))
        {
            // It happens on Resume.
        }
        else if (packet.Protocol == NetworkProtocol.Udp)
        {
            Datagrams.Arrive(packet);
        }
        else
        {
            Streams.Arrive(packet);
        }
    }

    /// <summary>Whether it is paused: then this happens when it goes on.</summary>
    internal bool DefersWhilePaused(ITimed item)
    {
        if (IsPaused)
        {
            _whilePaused.Add(item);
        }

        return IsPaused;
    }

    internal void Note(string note) => Network.Tracer.Record(NetworkEventKind.HostChanged, Name, "", note);

    internal bool IsOwn(uint address) =>
        address == AddressNumber || address == SimulatedAddress.Any || address >> 24 == SimulatedAddress.Loopback >> 24;

    /// <summary>The address that a packet to there comes from.</summary>
    internal uint SourceFor(uint destination) =>
        destination >> 24 == SimulatedAddress.Loopback >> 24 ? SimulatedAddress.Loopback : AddressNumber;

    private ITimed[] TakeWaiting()
    {
        ITimed[] waiting = [.. _whilePaused];
        _whilePaused.Clear();
        return waiting;
    }

    private void SetPaused(bool isPaused)
    {
        IsPaused = isPaused;
        Clock.HoldTimers(isPaused);
    }
}
