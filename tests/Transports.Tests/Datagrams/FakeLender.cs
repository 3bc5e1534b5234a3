namespace Transports.Tests.Datagrams;

/// <summary>
/// Lends memory to slots as a channel does that makes system calls: datagrams of one peer that arrive behind each other
/// lie in one buffer. What was lent and not kept is poisoned with the next receive.
/// </summary>
internal sealed class FakeLender
{
    private const int Bytes = 1024;
    private readonly Queue<ReceiveBuffer> _free = new();
    private readonly List<ReceiveBuffer> _lent = [];

    public void Lend(ReadOnlySpan<Datagram> slots, ReadOnlySpan<FakeDatagram> batch)
    {
        TakeBack();
        FakeDatagram? last = null;
        var used = 0;
        for (var index = 0; index < batch.Length; index++)
        {
            var datagram = batch[index];
            if (last is null || !datagram.Peer.Equals(last.Peer))
            {
                used = 0;
                _lent.Add(_free.TryDequeue(out var free) ? free : new ReceiveBuffer(Bytes));
                var address = datagram.Peer.Serialize();
                _lent[^1].SetSender(address.Buffer.Span[..address.Size]);
            }

            Fill(slots[index], datagram, _lent[^1], used);
            used += datagram.Payload.Length;
            last = datagram;
        }
    }

    private static void Fill(Datagram slot, FakeDatagram datagram, ReceiveBuffer buffer, int offset)
    {
        slot.IsTruncated = datagram.IsTruncated;
        if (slot.HasBuffer)
        {
            slot.CopyAddress(buffer.Sender);
            datagram.Payload.CopyTo(slot.Buffer);
            slot.Length = datagram.Payload.Length;
            return;
        }

        datagram.Payload.CopyTo(buffer.Bytes.AsMemory(offset));
        slot.Lend(buffer, offset, datagram.Payload.Length);
    }

    private void TakeBack()
    {
        foreach (var buffer in _lent.Where(buffer => !buffer.IsKept))
        {
            buffer.Bytes.AsSpan().Fill(0xEE);
            buffer.Sender.Buffer.Span.Fill(0xEE);
            _free.Enqueue(buffer);
        }

        _lent.Clear();
    }
}
