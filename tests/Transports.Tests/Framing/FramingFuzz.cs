using Transports.Framing;

namespace Transports.Tests.Framing;

/// <summary>Throws random streams at a framing; used by the tests and, for longer, by <c>eng/fuzz.sh</c>.</summary>
internal sealed class FramingFuzz
{
    private readonly string _name;
    private readonly MessageFraming _framing;
    private readonly SeededBytes _random = new(0);
    private readonly SeededStreams _streams;
    private readonly FrameReader _whole;
    private readonly FrameReader _pieces;
    private readonly byte[] _encoded = new byte[200];

    public FramingFuzz(string name, MessageFraming framing)
    {
        (_name, _framing) = (name, framing);
        (_whole, _pieces) = (new FrameReader(framing, 1), new FrameReader(framing, 1));
        _streams = new SeededStreams(_random);
    }

    /// <summary>Runs the seeds, then inputs number 0 to <paramref name="inputs"/> - 1 of a seed.</summary>
    /// <exception cref="InvalidOperationException">Names seed, input and bytes of the first that fails.</exception>
    public void Run(int seed, int inputs)
    {
        foreach (var stream in FramingSeeds.All)
        {
            for (var limit = 1; limit <= 10; limit++)
            {
                Check(stream, limit, largestPiece: 1, $"limit {limit}, a byte at a time");
            }
        }

        for (var input = 0; input < inputs; input++)
        {
            // An own seed for each input: one that fails can be run alone.
            _random.Reseed(((long)seed << 32) + input);
            var stream = _streams.NextStream(_framing);
            Check(stream, 1 + _random.NextInt(60), 1 + _random.NextInt(9), $"seed {seed}, input {input}");
        }
    }

    private void Check(ReadOnlySpan<byte> stream, int limit, int largestPiece, string which)
    {
        try
        {
            CheckStream(stream, limit, largestPiece);
            CheckPayload(_streams.NextPayload(20));
        }
#pragma warning disable CA1031 // Whatever it is: it is told with the input that caused it.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            throw new InvalidOperationException(
                $"{_name}, {which} ({Convert.ToHexString(stream)}): {fault.Message}", fault);
        }
    }

    /// <summary>How a stream is cut makes no difference to what is read from it.</summary>
    private void CheckStream(ReadOnlySpan<byte> stream, int limit, int largestPiece)
    {
        _whole.Restart(limit);
        _whole.Feed(stream);
        _whole.End();
        _pieces.Restart(limit);
        for (var at = 0; at < stream.Length;)
        {
            var length = Math.Min(1 + _random.NextInt(largestPiece), stream.Length - at);
            _pieces.Feed(stream.Slice(at, length));
            at += length;
        }

        _pieces.End();
        if (!_framing.PreservesBoundaries)
        {
            Require(_whole.HasReadAll && _pieces.HasReadAll, "every byte arrives");
            return;
        }

        Require(_whole.Status == _pieces.Status, "whole or in pieces, it ends in the same status");
        Require(_whole.HasReadTheSameAs(_pieces), "whole or in pieces, it gives the same messages");
    }

    /// <summary>A payload is accepted if, and only if, it arrives as the same one message.</summary>
    private void CheckPayload(ReadOnlySpan<byte> payload)
    {
        if (payload.Length > _framing.MaxPayloadBytes)
        {
            return;
        }

        _whole.Restart(Framings.DefaultLimit);
        _whole.Feed(_encoded.AsSpan(0, _framing.Encode(payload, _encoded)));
        _whole.End();
        var arrives = _whole.Status is FrameStatus.NeedMoreData && _whole.HasReadOnly(payload);
        if (arrives != _framing.Accepts(payload))
        {
            var fault = arrives ? "would arrive, but is refused" : "is accepted, but lost";
            throw new InvalidOperationException($"{Convert.ToHexString(payload)} {fault}");
        }
    }

    private static void Require(bool condition, string rule)
    {
        if (!condition)
        {
            throw new InvalidOperationException(rule);
        }
    }
}
