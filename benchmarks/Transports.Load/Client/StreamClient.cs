using System.Net;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Transports.Load;

/// <summary>Lines over TCP or Unix sockets; whole stretches are sent and compared, in their order.</summary>
internal unsafe class StreamClient : LoadClient
{
    private const int ReceiveBytes = 256 * 1024;
    private readonly byte* _buffer = (byte*)NativeMemory.Alloc(ReceiveBytes);
    private readonly MessageTable _table;
    private readonly Connection[] _connections;
    private readonly int _inFlight;
    private readonly int _ring;
    private long _outstanding;

    public StreamClient(EndPoint server, int connections, int inFlight, int size, int maxOutstanding = 1)
    {
        _ring = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(inFlight, maxOutstanding));
        _table = new MessageTable(size, inFlight, isLine: true);
        _inFlight = inFlight;
        _connections = new Connection[connections];
        for (var index = 0; index < connections; index++)
        {
            ref var connection = ref _connections[index];
            connection.Socket = SocketCalls.ConnectStream(server);
            connection.SentAt = (long*)NativeMemory.Alloc((nuint)_ring, sizeof(long));
            Epoll.Add(connection.Socket, index);
        }
    }

    protected override bool IsIdle => _outstanding == 0;

    protected int ConnectionCount => _connections.Length;

    public override void Dispose()
    {
        foreach (var connection in _connections)
        {
            _ = Libc.Close(connection.Socket);
            NativeMemory.Free(connection.SentAt);
        }

        NativeMemory.Free(_buffer);
        _table.Dispose();
        base.Dispose();
    }

    protected override void Start() => StartAll(_inFlight);

    protected override void StartOnce() => StartAll(1);

    protected override void Work(long until, bool refill)
    {
        for (var now = Now; now < until; now = Now)
        {
            TakeReplies(Shape == LoadShape.Busy ? 0 : 1 + (int)((until - now) / 1_000_000), refill);
            if (refill && IsIdle)
            {
                Start();
            }
        }
    }

    protected override void GiveUp() =>
        throw new InvalidOperationException($"{_outstanding} replies are missing: a stream must not lose any.");

    protected void TakeReplies(int waitMilliseconds, bool refill)
    {
        var ready = Epoll.Wait(waitMilliseconds);
        for (var i = 0; i < ready; i++)
        {
            var index = Epoll.Index(i);
            if (Epoll.CanSend(i))
            {
                Flush(ref _connections[index], index);
            }

            var completed = Receive(ref _connections[index]);
            if (completed > 0 && refill && Shape == LoadShape.Busy)
            {
                Send(index, completed, Now);
            }
        }
    }

    /// <summary>Sends messages that were due at that time; false if too many are not answered.</summary>
    protected bool Send(int index, int count, long at)
    {
        ref var connection = ref _connections[index];
        if (connection.Outstanding + count > _ring)
        {
            return false;
        }

        for (var i = 0; i < count; i++)
        {
            connection.SentAt[(connection.Queued + i) & (_ring - 1)] = at;
        }

        connection.Queued += count;
        connection.Outstanding += count;
        _outstanding += count;
        if (!connection.WaitsForRoom)
        {
            Flush(ref connection, index);
        }

        return true;
    }

    private void StartAll(int count)
    {
        for (var index = 0; index < _connections.Length; index++)
        {
            Send(index, count, Now);
        }
    }

    private void Flush(ref Connection connection, int index)
    {
        var end = connection.Queued * _table.Size;
        while (connection.SentBytes < end)
        {
            var offset = connection.SentBytes % ((long)_table.Count * _table.Size);
            var run = Math.Min(end - connection.SentBytes, ((long)_table.Count * _table.Size) - offset
                + ((long)_inFlight * _table.Size));
            var sent = Libc.Send(
                connection.Socket, _table.Request(0) + offset, (nuint)run, Libc.NoSignal | Libc.DontWait);
            if (sent < 0 && !Libc.ShouldRetry)
            {
                throw SocketCalls.Failed("send");
            }

            connection.SentBytes += Math.Max(0, sent);
            if (sent < run)
            {
                break;
            }
        }

        var waits = connection.SentBytes < end;
        if (waits != connection.WaitsForRoom)
        {
            connection.WaitsForRoom = waits;
            Epoll.Modify(connection.Socket, index, waits);
        }
    }

    /// <summary>Returns how many messages are answered now.</summary>
    private int Receive(ref Connection connection)
    {
        var received = Libc.Receive(connection.Socket, _buffer, ReceiveBytes, Libc.DontWait);
        if (received <= 0)
        {
            return received < 0 && Libc.ShouldRetry ? 0 : throw SocketCalls.Failed("The server closed: recv");
        }

        Compare(connection.ReceivedBytes, (int)received);
        connection.ReceivedBytes += received;
        var answered = connection.ReceivedBytes / _table.Size;
        var completed = (int)(answered - connection.Answered);
        var now = Now;
        for (; connection.Answered < answered; connection.Answered++)
        {
            Histogram.Record(now - connection.SentAt[connection.Answered & (_ring - 1)]);
        }

        connection.Outstanding -= completed;
        if (connection.Outstanding < 0)
        {
            throw new InvalidDataException("The server answered more than it was asked.");
        }

        _outstanding -= completed;
        Completed += completed;
        return completed;
    }

    private void Compare(long position, int length)
    {
        var tableBytes = (long)_table.Count * _table.Size;
        for (var done = 0; done < length;)
        {
            var offset = (position + done) % tableBytes;
            var run = (int)Math.Min(length - done, tableBytes - offset);
            var expected = new ReadOnlySpan<byte>(_table.Reply(0) + offset, run);
            if (!expected.SequenceEqual(new ReadOnlySpan<byte>(_buffer + done, run)))
            {
                throw new InvalidDataException("A reply is not the upper case of what was sent.");
            }

            done += run;
        }
    }

    private struct Connection
    {
        public int Socket;
        public bool WaitsForRoom;
        public long Queued;
        public long Answered;
        public int Outstanding;
        public long SentBytes;
        public long ReceivedBytes;
        public long* SentAt;
    }
}
