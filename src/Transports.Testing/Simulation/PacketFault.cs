using System.Globalization;

namespace Transports.Testing;

/// <summary>One thing that went wrong with one packet.</summary>
/// <param name="Link">The link, such as <c>client->server</c>.</param>
/// <param name="PacketNumber">The packet's number on it, from 1.</param>
/// <param name="Kind">What it was.</param>
/// <param name="Time">How much later, for a delay or a copy.</param>
/// <param name="Bytes">How many bytes were left, where the end was cut off.</param>
public readonly record struct PacketFault(
    string Link, long PacketNumber, FaultKind Kind, TimeSpan Time = default, int Bytes = 0)
{
    /// <summary>Such as <c>drop client->server #3</c>.</summary>
    public override string ToString()
    {
        var what = Kind switch
        {
            FaultKind.Drop => "drop",
            FaultKind.Duplicate => "duplicate",
            FaultKind.Delay => "delay",
            FaultKind.Corrupt => "corrupt",
            _ => "truncate",
        };
        var how = Kind switch
        {
            FaultKind.Delay or FaultKind.Duplicate => string.Create(
                CultureInfo.InvariantCulture, $" {(Time < TimeSpan.Zero ? "" : "+")}{Time.TotalMilliseconds}ms"),
            FaultKind.Truncate => string.Create(CultureInfo.InvariantCulture, $" to {Bytes} bytes"),
            _ => "",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{what} {Link} #{PacketNumber}{how}");
    }

    /// <summary>As it is written in a test.</summary>
    internal string ToSource()
    {
        var link = Link.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"new(\"{link}\", {PacketNumber}, FaultKind.{Kind}, TimeSpan.FromTicks({Time.Ticks}), {Bytes})");
    }
}
