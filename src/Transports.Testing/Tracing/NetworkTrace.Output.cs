namespace Transports.Testing;

public sealed partial class NetworkTrace
{
    /// <summary>The events as text, one a line: the same events give the same text, byte for byte.</summary>
    /// <param name="last">Only so many of the last events; null for all.</param>
    public string ToText(int? last = null)
    {
        var events = Events;
        var lines = events.Skip(last is { } count ? Math.Max(0, events.Count - count) : 0).Select(TraceTexts.Line);
        return string.Concat(lines.Select(line => line + "\n"));
    }

    /// <summary>The events as a sequence diagram for Mermaid, which many Markdown viewers draw.</summary>
    /// <param name="maxPackets">How many packets it shows; a note says how many more there are.</param>
    public string ToMermaid(int maxPackets = 200)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxPackets);
        return new MermaidDiagram(Events, maxPackets).Write();
    }

    /// <summary>
    /// Writes the events as a sequence diagram: slanted arrows for latency, crosses for losses, colours of their own
    /// for retransmissions and copies. Legible on light and dark ground; text from packets is escaped.
    /// </summary>
    /// <param name="stream">Where the SVG document goes, in UTF-8. It stays open.</param>
    /// <param name="maxPackets">How many packets it shows; a note says how many more there are.</param>
    /// <param name="cancellationToken">Gives up writing.</param>
    public async Task WriteSvgAsync(Stream stream, int maxPackets = 200, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfNegative(maxPackets);
        var text = new SvgDiagram(Events, maxPackets).Write();
        await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Writes the events as a file, as <see cref="WriteSvgAsync(Stream, int, CancellationToken)"/> does.
    /// </summary>
    public async Task WriteSvgAsync(string path, int maxPackets = 200, CancellationToken cancellationToken = default)
    {
        var file = File.Create(path);
        await using (file.ConfigureAwait(false))
        {
            await WriteSvgAsync(file, maxPackets, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Writes the packets as a capture that Wireshark opens (pcapng, draft-ietf-opsawg-pcapng): Ethernet, IP and UDP or
    /// TCP with right checksums, host names, nanoseconds, and a comment on every packet that had a fault.
    /// </summary>
    /// <remarks>
    /// A packet is captured where it is sent, so that lost ones are there too; a copy where the link made it. Each host
    /// is an interface. Time begins in the year 2000, as the virtual clock does.
    /// </remarks>
    /// <param name="stream">Where the capture goes. It stays open.</param>
    /// <param name="cancellationToken">Gives up writing.</param>
    public async Task WritePcapngAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        foreach (var blocks in new Capture(Events).Blocks())
        {
            await stream.WriteAsync(blocks, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Writes the packets as a file, as <see cref="WritePcapngAsync(Stream, CancellationToken)"/> does.
    /// </summary>
    public async Task WritePcapngAsync(string path, CancellationToken cancellationToken = default)
    {
        var file = File.Create(path);
        await using (file.ConfigureAwait(false))
        {
            await WritePcapngAsync(file, cancellationToken).ConfigureAwait(false);
        }
    }
}
