namespace Transports.Testing;

/// <summary>
/// The way from one host to another, in that direction alone. Faults are put on it as objects, and taken off again by
/// disposing of them. All members may be used from any thread, at any time.
/// </summary>
public sealed partial class SimulatedLink
{
    private readonly SimulatedNetwork _network;
    private readonly EventLoop _loop;
    private readonly LinkModel _model;
    private readonly List<Func<SimulatedPacket, Verdict>> _rules = [];
    private readonly List<SimulatedPacket> _held = [];
    private NetworkConditions _conditions;
    private long _sent;
    private int _partitions;
    private int _holds;
    private int _heals;

    internal SimulatedLink(SimulatedNetwork network, SimulatedHost source, SimulatedHost destination)
    {
        (_network, _loop, Source, Destination) = (network, network.Loop, source, destination);
        _model = new LinkModel(network.Seed, Draws.Of(ToString()));
        _conditions = source == destination ? new NetworkConditions() : network.DefaultConditions;
        Apply(_conditions);
    }

    /// <summary>The host at which packets enter.</summary>
    public SimulatedHost Source { get; }

    /// <summary>The host at which they leave.</summary>
    public SimulatedHost Destination { get; }

    /// <summary>
    /// What the link does to packets. May be changed at any time; packets that are under way keep their fate.
    /// </summary>
    public NetworkConditions Conditions
    {
        get => _conditions;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _conditions = value;
            _loop.Execute(() =>
            {
                Apply(value);
                Note($"conditions: {value}");
            });
        }
    }

    /// <summary>What of its conditions is in force in this run.</summary>
    internal NetworkConditions ConditionsInForce => _model.Conditions;

    /// <summary>How many packets have been put on the link.</summary>
    public long PacketsSent => Interlocked.Read(ref _sent);

    /// <summary>The packets that wait on the link, in the order in which they came.</summary>
    public IReadOnlyList<SimulatedPacket> HeldPackets
    {
        get
        {
            lock (_held)
            {
                return [.. _held];
            }
        }
    }

    /// <summary>Loses every packet, until disposed of.</summary>
    public IDisposable Partition() => Change("partitioned", "healed", () => _partitions++, () => _partitions--);

    /// <summary>Keeps every packet, losing none, and lets all go in their order when disposed of.</summary>
    public IDisposable Clog() => Change("clogged", "unclogged", () => _holds++, Unhold);

    /// <summary>
    /// Keeps every packet for a test to look at (<see cref="HeldPackets"/>) and to let go: one by one
    /// (<see cref="Deliver"/>), all so far (<see cref="Release"/>), or all and no more of them, by disposing of this.
    /// </summary>
    public IDisposable Hold() => Change("held", "no longer held", () => _holds++, Unhold);

    /// <summary>Lets one packet go that waits on the link, before all others.</summary>
    /// <exception cref="ArgumentException">It does not wait here.</exception>
    public void Deliver(SimulatedPacket packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        lock (_held)
        {
            if (!_held.Remove(packet))
            {
                throw new ArgumentException($"{packet} does not wait on {this}.", nameof(packet));
            }
        }

        _loop.Execute(() => LetGo(packet));
    }

    /// <summary>
    /// Sends a packet once more that a rule or <see cref="HeldPackets"/> has shown, as somebody would who recorded it:
    /// after the link's delay, and without its other faults.
    /// </summary>
    /// <exception cref="ArgumentException">It was never on this link.</exception>
    public void Replay(SimulatedPacket packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        if (packet.Link != this)
        {
            throw new ArgumentException($"{packet} was never on {this}.", nameof(packet));
        }

        _loop.Execute(() => SendAgain(packet));
    }

    /// <summary>Lets all packets go that wait on the link; later ones still wait if it is held.</summary>
    public void Release() => _loop.Execute(ReleaseHeld);

    /// <summary>Loses the packets of these numbers, counted from 1, until disposed of.</summary>
    public IDisposable Drop(params long[] packetNumbers)
    {
        ArgumentNullException.ThrowIfNull(packetNumbers);
        var numbers = packetNumbers.ToHashSet();
        return AddRule(packet => numbers.Contains(packet.Number) ? Verdict.DropListed() : Verdict.Pass);
    }

    /// <summary>
    /// Cuts every TCP connection, with a reset to both its ends, when more than so many bytes of payload have been put
    /// on this link for it, retransmissions included; until disposed of.
    /// </summary>
    public IDisposable ResetAfter(long payloadBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(payloadBytes);
        var carried = new Dictionary<(ushort From, ushort To), long>();
        return AddRule(packet =>
        {
            var ports = (packet.SourcePort, packet.DestinationPort);
            var before = (packet.Flags & TcpFlags.Syn) != 0 ? 0 : carried.GetValueOrDefault(ports);
            carried[ports] = before + packet.Length;
            return packet.Protocol == NetworkProtocol.Tcp && carried[ports] > payloadBytes
                ? Verdict.Reset
                : Verdict.Pass;
        });
    }

    /// <summary>
    /// Asks a rule about each packet, until disposed of. Rules are asked in the order in which they were added; the
    /// first verdict that is not <see cref="Verdict.Pass"/> counts, and comes before what
    /// <see cref="Conditions"/> do.
    /// </summary>
    /// <param name="rule">Called for each packet in turn, never for two at once. Must not wait.</param>
    public IDisposable AddRule(Func<SimulatedPacket, Verdict> rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        _loop.Execute(() => _rules.Add(rule));
        return new Undo(() => _loop.Execute(() => _rules.Remove(rule)));
    }

    /// <summary>Such as <c>client->server</c>.</summary>
    public override string ToString() => $"{Source.Name}->{Destination.Name}";

    private Undo Change(string what, string whenUndone, Action apply, Action undo)
    {
        var heals = 0;
        _loop.Execute(() =>
        {
            heals = _heals;
            apply();
            Note(what);
        });
        return new Undo(() => _loop.Execute(() =>
        {
            if (heals == _heals)
            {
                undo();
                Note(whenUndone);
            }
        }));
    }

    /// <summary>Takes off all that was put on it, and switches chance off. On the loop's thread.</summary>
    internal void Heal()
    {
        _heals++;
        (_partitions, _holds) = (0, 0);
        _rules.Clear();
        Conditions = FaultLog.WithoutChance(_conditions);
        ReleaseHeld();
    }

    private void Unhold()
    {
        if (--_holds == 0)
        {
            ReleaseHeld();
        }
    }

    private void ReleaseHeld()
    {
        var held = HeldPackets;
        lock (_held)
        {
            _held.Clear();
        }

        foreach (var packet in held)
        {
            LetGo(packet);
        }
    }

    private void Apply(NetworkConditions conditions)
    {
        var left = _network.Options.Swarm ? SwarmMask.Apply(conditions, _network.Seed) : conditions;
        _model.Conditions = _network.Faults.Filter(left);
        _network.Trace.Expect(left);
    }

    private void Note(string note) => _network.Tracer.Record(
        NetworkEventKind.LinkChanged, Source.Name, Destination.Name, note);
}
