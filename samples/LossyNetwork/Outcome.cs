using System.Globalization;
using Transports.Testing;

namespace LossyNetwork;

/// <summary>What one transport delivered.</summary>
/// <param name="Transport">Its name.</param>
/// <param name="Arrivals">The replies in the order in which they came.</param>
/// <param name="Trace">All that happened on the network.</param>
internal sealed record Outcome(string Transport, IReadOnlyList<Arrival> Arrivals, NetworkTrace Trace)
{
    /// <summary>What became of one line: how long its reply took, or that there was none.</summary>
    public string Of(int line)
    {
        var own = Arrivals.Where(arrival => arrival.Line == line).ToArray();
        if (own.Length == 0)
        {
            return "lost";
        }

        var isOvertaken = Arrivals.TakeWhile(arrival => arrival.Line != line).Any(arrival => arrival.Line > line);
        var copies = own.Length > 1 ? string.Create(CultureInfo.InvariantCulture, $", {own.Length} times") : "";
        return $"{Milliseconds(own[0].After)}{(isOvertaken ? ", overtaken" : "")}{copies}";
    }

    public string Summary(int lines)
    {
        var order = string.Join(' ', Arrivals.Select(arrival => arrival.Line.ToString(CultureInfo.InvariantCulture)));
        var answered = Arrivals.DistinctBy(arrival => arrival.Line).Count();
        var slowest = Arrivals.Select(arrival => arrival.After).DefaultIfEmpty().Max();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Transport}: {answered} of {lines} answered, the slowest after {Milliseconds(slowest)}; order: {order}");
    }

    private static string Milliseconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms");
}
