using System.Buffers;
using System.Text;
using Transports;

namespace Uppercase;

/// <summary>Answers every message with the same text in upper case, by the invariant culture's rules.</summary>
/// <remarks>
/// The text is UTF-8. Bytes that are not valid UTF-8 come back unchanged, and so does a character of which raw framing
/// delivered only a part. The reply may be longer or shorter than the request. Nothing is allocated.
/// </remarks>
public sealed class UppercaseHandler : IMessageHandler
{
    /// <inheritdoc/>
    public ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken)
    {
        var payload = context.Payload.Span;
        var reply = context.Reply;
        var destination = reply.GetSpan(payload.Length);
        var status = Ascii.ToUpper(payload, destination, out var written);
        reply.Advance(written);
        if (status != OperationStatus.Done)
        {
            WriteText(payload[written..], reply);
        }

        return reply.SendAsync(cancellationToken);
    }

    /// <summary>Goes on after the first byte that is not ASCII: one character, then ASCII again in one sweep.</summary>
    private static void WriteText(ReadOnlySpan<byte> source, MessageWriter reply)
    {
        var destination = reply.GetSpan(source.Length);
        var written = 0;
        Span<byte> character = stackalloc byte[4];
        while (!source.IsEmpty)
        {
            var (consumed, produced) = ToUpper(source, character);
            if (destination.Length - written < produced + source.Length - consumed)
            {
                // Characters have grown: ask for room for this one and as many bytes as are left to read.
                reply.Advance(written);
                destination = reply.GetSpan(produced + source.Length - consumed);
                written = 0;
            }

            character[..produced].CopyTo(destination[written..]);
            source = source[consumed..];
            written += produced;

            Ascii.ToUpper(source, destination[written..], out var ascii);
            source = source[ascii..];
            written += ascii;
        }

        reply.Advance(written);
    }

    private static (int Consumed, int Produced) ToUpper(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (Rune.DecodeFromUtf8(source, out var rune, out var consumed) == OperationStatus.Done)
        {
            return (consumed, Rune.ToUpperInvariant(rune).EncodeToUtf8(destination));
        }

        source[..consumed].CopyTo(destination);
        return (consumed, consumed);
    }
}
