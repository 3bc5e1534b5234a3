using System.Net;
using System.Text;
using BenchmarkDotNet.Attributes;
using Uppercase;

namespace Transports.Benchmarks;

/// <summary>The reference handler by itself, on ASCII and on other text.</summary>
[MemoryDiagnoser]
public class UppercaseBenchmarks
{
    private readonly UppercaseHandler _handler = new();
    private FixedContext _context = new([]);

    [Params("ascii", "greek")]
    public string Text { get; set; } = "ascii";

    [Params(32, 1024)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup() => _context = new FixedContext(
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Text == "ascii" ? "ab" : "α", Bytes / 2))));

    [Benchmark]
    public ValueTask Handle() => _handler.HandleAsync(_context, CancellationToken.None);

    /// <summary>The same payload every time, and a reply that goes nowhere.</summary>
    private sealed class FixedContext(byte[] payload) : MessageContext
    {
        public override ReadOnlyMemory<byte> Payload { get; } = payload;

        public override EndPoint RemoteEndPoint => throw new NotSupportedException();

        public override EndPoint LocalEndPoint => throw new NotSupportedException();

        public override IConnection Connection => throw new NotSupportedException();

        public override MessageWriter Reply { get; } = new FixedWriter(2 * payload.Length);
    }

    private sealed class FixedWriter(int bytes) : MessageWriter
    {
        private readonly byte[] _buffer = new byte[bytes];
        private int _written;

        public override ValueTask SendAsync(CancellationToken cancellationToken = default)
        {
            _written = 0;
            return default;
        }

        public override void Advance(int count) => _written += count;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _buffer.AsMemory(_written);

        public override Span<byte> GetSpan(int sizeHint = 0) => _buffer.AsSpan(_written);
    }
}
