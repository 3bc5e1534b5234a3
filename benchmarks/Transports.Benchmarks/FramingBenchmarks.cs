using BenchmarkDotNet.Attributes;
using Transports.Framing;

namespace Transports.Benchmarks;

/// <summary>What it costs to find a message and to frame one, for every framing and several sizes.</summary>
[MemoryDiagnoser]
public class FramingBenchmarks
{
    private byte[] _framed = [];
    private byte[] _payload = [];
    private byte[] _destination = [];
    private MessageFraming _framing = MessageFraming.Lines;

    [Params("lines", "delimited", "length4", "varint", "fixed", "raw")]
    public string Framing { get; set; } = "lines";

    [Params(32, 1024, 32 * 1024)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _framing = Framing switch
        {
            "lines" => MessageFraming.Lines,
            "delimited" => MessageFraming.Delimited("\r\n\r\n"u8),
            "length4" => MessageFraming.LengthPrefixed(),
            "varint" => MessageFraming.VarintPrefixed,
            "fixed" => MessageFraming.FixedSize(Bytes),
            _ => MessageFraming.Raw,
        };
        _payload = new byte[Bytes];
        Array.Fill(_payload, (byte)'a');
        _destination = new byte[_framing.MaxHeaderBytes + Bytes + _framing.MaxTrailerBytes];
        _framed = _destination[..Write()];
    }

    [Benchmark]
    public int Read()
    {
        var examined = 0;
        _framing.Read(_framed, endOfStream: false, maxMessageBytes: 64 * 1024, ref examined, out var frame);
        return frame.TotalLength;
    }

    [Benchmark]
    public int Write()
    {
        var header = _framing.WriteHeader(_destination, _payload);
        _payload.CopyTo(_destination.AsSpan(header));
        return header + Bytes + _framing.WriteTrailer(_destination.AsSpan(header + Bytes), _payload);
    }
}
