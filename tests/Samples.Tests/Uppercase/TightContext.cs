using System.Net;
using Transports;

namespace Samples.Tests.Uppercase;

/// <summary>A message whose reply buffer never gives a byte more than was asked for.</summary>
internal sealed class TightContext(int capacity) : MessageContext
{
    private readonly TightWriter _reply = new(capacity);
    private ReadOnlyMemory<byte> _payload;

    public override ReadOnlyMemory<byte> Payload => _payload;

    public override EndPoint RemoteEndPoint => throw new NotSupportedException();

    public override EndPoint LocalEndPoint => throw new NotSupportedException();

    public override IConnection Connection => throw new NotSupportedException();

    public override MessageWriter Reply => _reply;

    public ReadOnlySpan<byte> Sent => _reply.Sent;

    public void Reset(ReadOnlyMemory<byte> payload)
    {
        _payload = payload;
        _reply.Reset();
    }

    private sealed class TightWriter(int capacity) : MessageWriter
    {
        private readonly byte[] _buffer = new byte[capacity];
        private int _granted;
        private int _written;
        private int _sent;

        public ReadOnlySpan<byte> Sent =>
            _sent == 1 ? _buffer.AsSpan(0, _written) : throw new InvalidOperationException($"Sent {_sent} times.");

        public void Reset() => (_granted, _written, _sent) = (0, 0, 0);

        public override void Advance(int count)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _granted);
            _written += count;
            _granted = 0;
        }

        public override Memory<byte> GetMemory(int sizeHint = 0)
        {
            _granted = Math.Max(sizeHint, 1);
            return _buffer.AsMemory(_written, _granted);
        }

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override ValueTask SendAsync(CancellationToken cancellationToken = default)
        {
            _sent++;
            return ValueTask.CompletedTask;
        }
    }
}
