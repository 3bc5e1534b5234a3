namespace Transports.Testing;

public sealed partial class SimulatedNetwork
{
    /// <summary>
    /// Cuts these hosts off from all others, both ways, until disposed of; they still reach each other.
    /// </summary>
    /// <remarks>Hosts that are added later are not affected. For one direction alone there is
    /// <see cref="SimulatedLink.Partition"/>.</remarks>
    /// <exception cref="ArgumentException">There is no host of that name.</exception>
    public IDisposable Isolate(params string[] hosts)
    {
        ArgumentNullException.ThrowIfNull(hosts);
        var inside = hosts.Select(Host).ToHashSet();
        var all = Hosts;
        return Cut((one, other) => inside.Contains(all[one]) != inside.Contains(all[other]));
    }

    /// <summary>
    /// Each host reaches only the two that were added before and after it, the first and the last being neighbours,
    /// until disposed of.
    /// </summary>
    public IDisposable PartitionIntoRing()
    {
        var last = Hosts.Count - 1;
        return Cut((one, other) => Math.Abs(one - other) > 1 && Math.Abs(one - other) < last);
    }

    /// <summary>
    /// The hosts that were added before this one and those that were added after it no longer reach each other, until
    /// disposed of; this one reaches all.
    /// </summary>
    /// <exception cref="ArgumentException">There is no host of that name.</exception>
    public IDisposable PartitionIntoHalves(string bridge)
    {
        var middle = Hosts.ToList().IndexOf(Host(bridge));
        return Cut((one, other) => one != middle && other != middle && one < middle != other < middle);
    }

    /// <summary>
    /// Ends every fault: takes partitions, clogs, holds and rules off all links, switches chance off on them, and
    /// resumes hosts that are paused. Delays, rates and MTUs stay, and a host that is down stays down. For the end of a
    /// scenario, which may then demand that everything comes right.
    /// </summary>
    public void Heal() => Loop.Execute(() =>
    {
        DefaultConditions = FaultLog.WithoutChance(DefaultConditions);
        foreach (var link in Links())
        {
            link.Heal();
        }

        foreach (var host in Hosts.Where(host => host.IsPaused))
        {
            host.Resume();
        }
    });

    /// <summary>Partitions the links between hosts that a question about their places in the list picks.</summary>
    private Undo Cut(Func<int, int, bool> isCut)
    {
        var hosts = Hosts;
        var places = Enumerable.Range(0, hosts.Count).ToArray();
        var cuts = places.SelectMany(one => places.Where(other => isCut(one, other)).Select(
            other => Link(hosts[one], hosts[other]).Partition())).ToArray();
        return new Undo(() =>
        {
            foreach (var cut in cuts)
            {
                cut.Dispose();
            }
        });
    }
}
