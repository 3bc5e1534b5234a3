using System.Runtime.InteropServices;

namespace Transports.Load;

/// <summary>The buffers and headers of recvmmsg and sendmmsg, made once.</summary>
internal sealed unsafe class DatagramBatch : IDisposable
{
    private const int MaxJoined = 64;
    private const int MaxJoinedBytes = 65_000;
    private const int ControlBytes = 64;
    private readonly MessageTable _table;
    private readonly bool _joined;
    private readonly int _slots;
    private readonly int _slotBytes;
    private readonly byte* _memory;
    private readonly Libc.MessageHeader* _headers;
    private readonly Libc.Vector* _vectors;
    private readonly byte* _controls;

    public DatagramBatch(MessageTable table, bool joined)
    {
        _table = table;
        _joined = joined;
        _slots = joined ? 16 : 64;
        _slotBytes = joined ? 65_536 : table.Size + 1;
        _memory = (byte*)NativeMemory.Alloc((nuint)_slots, (nuint)_slotBytes);
        _headers = (Libc.MessageHeader*)NativeMemory.AllocZeroed((nuint)_slots, (nuint)sizeof(Libc.MessageHeader));
        _vectors = (Libc.Vector*)NativeMemory.AllocZeroed((nuint)_slots, (nuint)sizeof(Libc.Vector));
        _controls = (byte*)NativeMemory.AllocZeroed((nuint)_slots, ControlBytes);
        Replies = new int[_slots * (joined ? MaxJoined : 1)];
        for (var slot = 0; slot < _slots; slot++)
        {
            _headers[slot].Vectors = &_vectors[slot];
            _headers[slot].VectorCount = 1;
        }
    }

    /// <summary>The numbers of the messages that the last receive answered.</summary>
    public int[] Replies { get; }

    public void Send(int socket, int first, int count)
    {
        if (_joined && count > 1)
        {
            SendJoined(socket, first, count);
            return;
        }

        while (count > 0)
        {
            var batch = Math.Min(count, _slots);
            for (var slot = 0; slot < batch; slot++)
            {
                Prepare(slot, _table.Request((first + slot) & (_table.Count - 1)), _table.Size);
            }

            SendPrepared(socket, batch);
            first += batch;
            count -= batch;
        }
    }

    /// <summary>Returns how many <see cref="Replies"/> came.</summary>
    public int Receive(int socket)
    {
        for (var slot = 0; slot < _slots; slot++)
        {
            Prepare(slot, _memory + ((long)slot * _slotBytes), _slotBytes);
            if (_joined)
            {
                _headers[slot].Control = Control(slot);
                _headers[slot].ControlLength = ControlBytes;
            }
        }

        var received = Libc.ReceiveMany(socket, _headers, (uint)_slots, Libc.DontWait, null);
        if (received < 0 && !Libc.ShouldRetry)
        {
            throw SocketCalls.Failed("recvmmsg");
        }

        var replies = 0;
        for (var slot = 0; slot < received; slot++)
        {
            replies = Split(slot, replies);
        }

        return replies;
    }

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        NativeMemory.Free(_headers);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_controls);
    }

    private void SendJoined(int socket, int first, int count)
    {
        var most = Math.Min(MaxJoined, MaxJoinedBytes / _table.Size);
        while (count > 0)
        {
            var run = Math.Min(count, most);
            Prepare(0, _table.Request(first & (_table.Count - 1)), run * _table.Size);
            var control = Control(0);
            control->Length = (nuint)sizeof(Libc.ControlHeader) + sizeof(ushort);
            control->Level = Libc.SolUdp;
            control->Type = Libc.UdpSegment;
            *(ushort*)(control + 1) = (ushort)_table.Size;
            _headers[0].Control = control;
            _headers[0].ControlLength = (nuint)sizeof(Libc.ControlHeader) + sizeof(long);
            SendPrepared(socket, 1);
            first += run;
            count -= run;
        }
    }

    private void SendPrepared(int socket, int count)
    {
        for (var sent = 0; sent < count;)
        {
            var result = Libc.SendMany(socket, _headers + sent, (uint)(count - sent), 0);
            if (result < 0 && !Libc.ShouldRetry)
            {
                throw SocketCalls.Failed("sendmmsg");
            }

            sent += Math.Max(0, result);
        }
    }

    private void Prepare(int slot, byte* bytes, int length)
    {
        _vectors[slot].Base = bytes;
        _vectors[slot].Length = (nuint)length;
        _headers[slot].Control = null;
        _headers[slot].ControlLength = 0;
    }

    private Libc.ControlHeader* Control(int slot) => (Libc.ControlHeader*)(_controls + (slot * ControlBytes));

    private int Split(int slot, int replies)
    {
        var bytes = _vectors[slot].Base;
        var length = (int)_headers[slot].Length;
        var segment = length;
        if (_joined && _headers[slot].ControlLength > (nuint)sizeof(Libc.ControlHeader)
            && Control(slot)->Level == Libc.SolUdp && Control(slot)->Type == Libc.UdpGro)
        {
            segment = *(int*)(Control(slot) + 1);
        }

        if (segment != _table.Size || length % segment != 0)
        {
            throw new InvalidDataException($"A reply has {segment} bytes of {length}, not {_table.Size}.");
        }

        for (var offset = 0; offset < length; offset += segment)
        {
            Replies[replies++] = Verify(bytes + offset);
        }

        return replies;
    }

    private int Verify(byte* reply)
    {
        var index = _table.IndexOf(reply);
        if (index < 0 || !new ReadOnlySpan<byte>(_table.Reply(index), _table.Size)
            .SequenceEqual(new ReadOnlySpan<byte>(reply, _table.Size)))
        {
            throw new InvalidDataException("A reply is not the upper case of what was sent.");
        }

        return index;
    }
}
