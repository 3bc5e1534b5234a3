using Transports.Framing;

namespace Transports.Tests.Framing;

/// <summary>Throws random streams at a framing; used by the tests and, for longer, by <c>eng/fuzz.sh</c>.</summary>
internal static class FramingFuzz
{
    /// <summary>Runs inputs number 0 to <paramref name="inputs"/> - 1 of a seed.</summary>
    /// <exception cref="InvalidOperationException">Names seed, input and bytes of the first that fails.</exception>
    public static void Run(string name, MessageFraming framing, int seed, int inputs)
    {
        for (var input = 0; input < inputs; input++)
        {
            // An own seed for each input: one that fails can be run alone.
            var inputSeed = unchecked((seed * 486_187_739) + input);
            var streams = new SeededStreams(inputSeed);
            var stream = streams.NextStream(framing);
            try
            {
                CheckStream(framing, stream, streams);
                CheckPayload(framing, streams.NextPayload(20));
            }
#pragma warning disable CA1031 // Whatever it is: it is told with the input that caused it.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                throw new InvalidOperationException(
                    $"{name}, seed {seed}, input {input} ({Convert.ToHexString(stream)}): {fault.Message}", fault);
            }
        }
    }

    /// <summary>How a stream is cut makes no difference to what is read from it.</summary>
    private static void CheckStream(MessageFraming framing, byte[] stream, SeededStreams streams)
    {
        var limit = 1 + streams.NextInt(60);
        var largestPiece = 1 + streams.NextInt(9);
        var whole = FrameReader.ReadAll(framing, stream, limit);
        var pieces = FrameReader.ReadAll(framing, stream, limit, () => 1 + streams.NextInt(largestPiece));
        if (!framing.PreservesBoundaries)
        {
            Require(Join(whole).SequenceEqual(stream), "every byte arrives");
            Require(Join(pieces).SequenceEqual(stream), "every byte arrives");
            return;
        }

        Require(whole.Status == pieces.Status, $"whole it ends in {whole.Status}, in pieces in {pieces.Status}");
        Require(whole.Messages.Count == pieces.Messages.Count, "as many messages, whole or in pieces");
        for (var i = 0; i < whole.Messages.Count; i++)
        {
            Require(whole.Messages[i].AsSpan().SequenceEqual(pieces.Messages[i]), "the same messages");
        }
    }

    /// <summary>A payload is accepted if, and only if, it arrives as the same one message.</summary>
    private static void CheckPayload(MessageFraming framing, byte[] payload)
    {
        if (payload.Length > framing.MaxPayloadBytes)
        {
            return;
        }

        var read = FrameReader.ReadAll(framing, framing.Encode(payload), Framings.DefaultLimit);
        var arrives = read.Status is FrameStatus.NeedMoreData
            && read.Messages.Count == 1
            && read.Messages[0].AsSpan().SequenceEqual(payload);
        Require(
            arrives == framing.Accepts(payload),
            $"{Convert.ToHexString(payload)} {(arrives ? "would arrive, but is refused" : "is accepted, but lost")}");
    }

    private static byte[] Join(FrameReader reader) => [.. reader.Messages.SelectMany(message => message)];

    private static void Require(bool condition, string rule)
    {
        if (!condition)
        {
            throw new InvalidOperationException(rule);
        }
    }
}
