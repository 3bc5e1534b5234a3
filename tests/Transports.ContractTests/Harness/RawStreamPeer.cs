using System.Buffers;
using Transports.Framing;

namespace Transports.ContractTests;

/// <summary>A raw peer over a stream, which can also send what is no message, and leave in every manner.</summary>
public abstract class RawStreamPeer(MessageFraming framing) : RawPeer
{
    private readonly byte[] _chunk = new byte[64 * 1024];
    private byte[] _received = [];
    private int _examined;

    /// <summary>After the end of the stream: whether it was a reset.</summary>
    public bool WasReset { get; private set; }

    /// <summary>The bytes that messages are on the wire.</summary>
    public byte[] Encode(params byte[][] messages)
    {
        var wire = new ArrayBufferWriter<byte>();
        foreach (var message in messages)
        {
            wire.Advance(framing.WriteHeader(wire.GetSpan(Math.Max(1, framing.MaxHeaderBytes)), message));
            wire.Write(message);
            wire.Advance(framing.WriteTrailer(wire.GetSpan(Math.Max(1, framing.MaxTrailerBytes)), message));
        }

        return wire.WrittenSpan.ToArray();
    }

    public override Task SendAsync(params byte[][] messages) => WriteAsync(Encode(messages)).Soon();

    /// <summary>Writes bytes as they are. Waits while the other side takes none, for as long as that lasts.</summary>
    public abstract Task WriteAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Ends this side; receiving goes on.</summary>
    public abstract Task FinishAsync();

    /// <summary>Breaks the connection.</summary>
    public abstract void Reset();

    public override async Task<byte[]?> ReceiveAsync()
    {
        while (true)
        {
            var status = framing.Read(_received, false, int.MaxValue, ref _examined, out var frame);
            if (status == FrameStatus.Message)
            {
                var message = _received.AsSpan(frame.PayloadOffset, (int)frame.PayloadLength).ToArray();
                _received = _received[frame.TotalLength..];
                _examined = 0;
                return message;
            }

            Assert.Equal(FrameStatus.NeedMoreData, status);
            var count = await ReadAsync(_chunk).Soon();
            if (count <= 0)
            {
                WasReset = count < 0;
                return null;
            }

            _received = [.. _received, .. _chunk.AsSpan(0, count)];
        }
    }

    /// <summary>Receives until the other side ends the stream.</summary>
    public async Task<List<byte[]>> ReceiveToEndAsync()
    {
        var messages = new List<byte[]>();
        while (await ReceiveAsync() is { } message)
        {
            messages.Add(message);
        }

        return messages;
    }

    /// <summary>Reads some bytes; 0 at the orderly end, -1 at a reset.</summary>
    protected abstract Task<int> ReadAsync(Memory<byte> buffer);
}
