using System.Globalization;
using System.Text;

namespace Transports.Testing;

public sealed partial class SimulatedNetwork
{
    /// <summary>
    /// Every socket of every host as <c>netstat</c> shows them, with who waits on what, and what the network itself has
    /// in hand. For people: its form may change.
    /// </summary>
    /// <remarks>Called outside <see cref="RunAsync"/> while things move, it may miss what moves.</remarks>
    public string ToSnapshot()
    {
        var text = new StringBuilder();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"Time {Time.Elapsed}, seed {Seed}: {Loop.Agenda.Traffic} packets under way, "
            + $"{Time.ActiveTimerCount} timers armed, {Loop.PoolThreads} threads of the pool at work");
        text.AppendLine("Proto Recv-Q Send-Q Local                 Remote                State        Waits");
        foreach (var host in Hosts)
        {
            var state = !host.IsUp ? ", down" : host.IsPaused ? ", paused" : "";
            var clock = host.Clock.IsTrue ? "" : $", clock: {host.Clock}";
            text.AppendLine(CultureInfo.InvariantCulture, $"{host}{state}{clock}");
            host.AppendTo(text);
        }

        foreach (var link in Links().Where(link => link.HeldPackets.Count > 0))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{link}: {link.HeldPackets.Count} packets held");
        }

        return text.ToString();
    }
}
