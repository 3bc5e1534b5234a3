using System.Runtime.CompilerServices;

namespace Transports.Testing;

/// <summary>
/// A network in memory whose hosts offer real transports, and whose links lose, delay, double and reorder as a seed
/// decides. Its clock is virtual: a wait of 30 seconds takes none.
/// </summary>
/// <remarks>
/// <para>
/// Everything above the bytes is what runs over sockets: framing, handling, limits, drain, translation of errors. The
/// network, and the library and handlers above it, run on one thread of the network's; a handler must not block it.
/// </para>
/// <para>
/// Time moves when all work has come to rest. For code that runs in <see cref="RunAsync"/> or
/// <see cref="Simulation"/>, that is exact: the same seed gives the same run, event by event. Code outside runs where
/// the network cannot see it, so time waits a moment, a thousandth of what it is about to jump and 50 ms at the most,
/// before it goes on to a timer.
/// </para>
/// <para>All members may be used from any thread.</para>
/// </remarks>
public sealed partial class SimulatedNetwork : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SimulatedNetworkOptions _options;
    private readonly Dictionary<string, SimulatedHost> _hosts = [];
    private readonly Dictionary<uint, SimulatedHost> _byAddress = [];
    private readonly Dictionary<(SimulatedHost Source, SimulatedHost Destination), SimulatedLink> _links = [];

    /// <summary>Makes an empty network.</summary>
    /// <param name="seed">Decides every chance on it.</param>
    [OverloadResolutionPriority(-1)] // new SimulatedNetwork(new() { ... }) means the options.
    public SimulatedNetwork(ulong seed)
        : this(new SimulatedNetworkOptions { Seed = seed })
    {
    }

    /// <summary>Makes an empty network.</summary>
    /// <param name="options">How it is made; null takes the defaults, otherwise a copy is taken.</param>
    /// <exception cref="ArgumentException">An option has a value that cannot be.</exception>
    public SimulatedNetwork(SimulatedNetworkOptions? options = null)
        : this(options, new FaultLog(plan: null))
    {
    }

    internal SimulatedNetwork(SimulatedNetworkOptions? options, FaultLog faults)
    {
        _options = (options ?? new SimulatedNetworkOptions()).Snapshot();
        DefaultConditions = _options.Conditions ?? new NetworkConditions();
        Faults = faults;
        Trace = new NetworkTrace(_options.Trace);
        Tracer = new Tracer(Trace, Time);
        Loop = new EventLoop(
            Time,
            new LoopSettings(_options.AutoAdvance, _options.StallTimeout, _options.MaxStepsWithoutProgress)
            {
                Report = ToSnapshot,
            });
        Time.Armed = Loop.WakeFromElsewhere;
    }

    /// <summary>What decides every chance on this network.</summary>
    public ulong Seed => _options.Seed;

    /// <summary>The network's clock: the true time, from which those of its hosts may differ.</summary>
    public VirtualTimeProvider Time { get; } = new();

    /// <summary>All that has happened.</summary>
    public NetworkTrace Trace { get; }

    /// <summary>The hosts, in the order in which they were added.</summary>
    public IReadOnlyList<SimulatedHost> Hosts
    {
        get
        {
            lock (_gate)
            {
                return [.. _byAddress.Values.OrderBy(host => host.AddressNumber)];
            }
        }
    }

    internal EventLoop Loop { get; }

    internal FaultLog Faults { get; }

    internal Tracer Tracer { get; }

    internal PacketPool Packets { get; } = new();

    internal NetworkConditions DefaultConditions { get; private set; }

    internal SimulatedNetworkOptions Options => _options;

    /// <summary>Adds a host. The first has the address 10.0.0.1, the next 10.0.0.2, and so on.</summary>
    /// <param name="name">Its name, by which others may connect to it (<see cref="System.Net.DnsEndPoint"/>).</param>
    /// <param name="start">
    /// What runs on it: called by <see cref="SimulatedHost.StartAsync"/> and, after a crash, by
    /// <see cref="SimulatedHost.RestartAsync"/>.
    /// </param>
    /// <exception cref="ArgumentException">The name is empty, or taken.</exception>
    public SimulatedHost AddHost(string name, Func<SimulatedHost, Task>? start = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        lock (_gate)
        {
            if (_hosts.ContainsKey(name))
            {
                throw new ArgumentException($"There is a host {name} already.", nameof(name));
            }

            var host = new SimulatedHost(this, name, SimulatedAddress.First + (uint)_hosts.Count + 1, start);
            _hosts.Add(name, host);
            _byAddress.Add(host.AddressNumber, host);
            return host;
        }
    }

    /// <summary>The way from one host to another, in that direction.</summary>
    /// <exception cref="ArgumentException">There is no host of that name.</exception>
    public SimulatedLink Link(string from, string to) => Link(Host(from), Host(to));

    /// <summary>Gives both directions between two hosts the same conditions.</summary>
    /// <exception cref="ArgumentException">There is no host of that name.</exception>
    public void SetConditions(string one, string other, NetworkConditions conditions)
    {
        Link(one, other).Conditions = conditions;
        Link(other, one).Conditions = conditions;
    }

    /// <summary>The host of that name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public SimulatedHost Host(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return FindHost(name) ?? throw new ArgumentException($"There is no host {name}.", nameof(name));
    }

    /// <summary>Stops the network and its clock. What waits on it goes on waiting.</summary>
    public void Dispose() => Loop.Dispose();

    internal SimulatedLink Link(SimulatedHost source, SimulatedHost destination)
    {
        lock (_gate)
        {
            if (!_links.TryGetValue((source, destination), out var link))
            {
                link = new SimulatedLink(this, source, destination);
                _links.Add((source, destination), link);
            }

            return link;
        }
    }

    internal SimulatedHost? FindHost(string name)
    {
        lock (_gate)
        {
            return _hosts.GetValueOrDefault(name);
        }
    }

    internal SimulatedHost? FindHost(uint address)
    {
        lock (_gate)
        {
            return _byAddress.GetValueOrDefault(address);
        }
    }

    internal IReadOnlyList<SimulatedLink> Links()
    {
        lock (_gate)
        {
            return [.. _links.Values];
        }
    }
}
