using System.Globalization;
using System.Text;

namespace Transports.Testing;

/// <summary>How events are said, in all outputs the same.</summary>
internal static class TraceTexts
{
    private const int PreviewBytes = 24;
    private const int ShortPreviewBytes = 12;

    /// <summary>The fault in small letters: "listed loss".</summary>
    public static string Name(NetworkFault fault) => fault switch
    {
        NetworkFault.ListedLoss => "listed loss",
        NetworkFault.QueueFull => "queue full",
        NetworkFault.MtuExceeded => "MTU exceeded",
        NetworkFault.HostDown => "host down",
        NetworkFault.PortUnreachable => "port unreachable",
        NetworkFault.ReceiverFull => "receiver full",
        _ => fault.ToString().ToLowerInvariant(),
    };

    public static string Line(NetworkTraceEvent item)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Milliseconds(item.Time),14} ms  {Lower(item.Kind),-13} ");
        text.Append(item.Source);
        if (item.Destination.Length > 0)
        {
            text.Append(" > ").Append(item.Destination);
        }

        if (item.Protocol != NetworkProtocol.None)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {Lower(item.Protocol)} {Ports(item)} {Label(item)}");
        }

        if (item.Fault != NetworkFault.None)
        {
            text.Append("  [").Append(Name(item.Fault)).Append(']');
        }

        return item.Note is null ? text.ToString() : text.Append("  ").Append(item.Note).ToString();
    }

    /// <summary>What a packet is: its number, TCP's fields, its payload.</summary>
    public static string Label(NetworkTraceEvent item)
    {
        var copy = item.Copy > 0 ? Invariant($" copy {item.Copy}") : "";
        var segment = item.Protocol == NetworkProtocol.Tcp
            ? Invariant($" {Flags(item.Flags)} seq={item.SequenceNumber} ack={item.AcknowledgmentNumber}")
            : "";
        return Invariant($"#{item.PacketNumber}{copy}{segment}{Payload(item, PreviewBytes)}");
    }

    /// <summary>The same for a picture: short, without TCP's numbers and the flags that every segment has.</summary>
    public static string ShortLabel(NetworkTraceEvent item)
    {
        var flags = item.PayloadBytes > 0 ? item.Flags & ~(TcpFlags.Psh | TcpFlags.Ack) : item.Flags;
        var segment = item.Protocol == NetworkProtocol.Tcp && flags != TcpFlags.None ? $" {Flags(flags)}" : "";
        return Invariant($"#{item.PacketNumber}{segment}{Payload(item, ShortPreviewBytes)}");
    }

    /// <summary>What an event that is about no packet says in a picture.</summary>
    public static string Remark(NetworkTraceEvent item) => (item.Kind, item.Note) switch
    {
        (_, null) => Lower(item.Kind),
        (NetworkEventKind.LinkChanged, var note) => $"link to {item.Destination}: {note}",
        (NetworkEventKind.HostChanged or NetworkEventKind.Note, var note) => note,
        (_, var note) => $"{Lower(item.Kind)}: {note}",
    };

    /// <summary>For a picture: without digits that say nothing.</summary>
    public static string ShortMilliseconds(TimeSpan time) =>
        time.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture);

    public static string Milliseconds(TimeSpan time) =>
        (time.Ticks / (decimal)TimeSpan.TicksPerMillisecond).ToString("0.0000", CultureInfo.InvariantCulture);

    public static string Lower<T>(T value)
        where T : struct, Enum =>
        value.ToString().ToLowerInvariant();

    private static string Ports(NetworkTraceEvent item) =>
        Invariant($"{item.SourceEndPoint?.Port ?? 0}>{item.DestinationEndPoint?.Port ?? 0}");

    private static string Flags(TcpFlags flags) =>
        flags == TcpFlags.None ? "-" : flags.ToString().ToUpperInvariant().Replace(", ", " ", StringComparison.Ordinal);

    private static string Payload(NetworkTraceEvent item, int previewBytes)
    {
        if (item.PayloadBytes == 0)
        {
            return item.Protocol == NetworkProtocol.Udp ? " empty" : "";
        }

        var kept = item.Payload.Span[..Math.Min(item.Payload.Length, previewBytes)];
        if (kept.IsEmpty)
        {
            return Invariant($" {item.PayloadBytes} B");
        }

        var more = kept.Length < item.PayloadBytes ? "..." : "";
        return Invariant($" {item.PayloadBytes} B {Preview(kept)}{more}");
    }

    /// <summary>Text in quotes where it is text, hexadecimal digits where it is not.</summary>
    private static string Preview(ReadOnlySpan<byte> payload)
    {
        foreach (var value in payload)
        {
            if (value is (< 0x20 or > 0x7E) and not ((byte)'\n' or (byte)'\r'))
            {
                return Convert.ToHexStringLower(payload[..Math.Min(payload.Length, PreviewBytes / 2)]);
            }
        }

        var text = Encoding.ASCII.GetString(payload)
            .Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return $"\"{text}\"";
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
