using System.Net;

namespace Transports.Load;

/// <summary>
/// Datagrams from several sockets, by sendmmsg and recvmmsg, or joined by the kernel (UDP_SEGMENT, UDP_GRO). A reply is
/// known by the number in it; what has not come when its socket was silent for 250 ms is lost.
/// </summary>
internal sealed class DatagramClient : LoadClient
{
    private const int ReceiveBufferBytes = 1024 * 1024;
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(250);
    private readonly MessageTable _table;
    private readonly DatagramBatch _batch;
    private readonly Endpoint[] _sockets;
    private readonly int _inFlight;
    private long _outstanding;
    private long _nextCheck;

    public DatagramClient(EndPoint server, int sockets, int inFlight, int size, bool joined)
    {
        _table = new MessageTable(size, inFlight, isLine: false);
        _batch = new DatagramBatch(_table, joined);
        _inFlight = inFlight;
        _sockets = new Endpoint[sockets];
        for (var index = 0; index < sockets; index++)
        {
            var socket = SocketCalls.ConnectDatagram(server, ReceiveBufferBytes);
            if (joined)
            {
                SocketCalls.SetOption(socket, Libc.SolUdp, Libc.UdpGro, 1);
            }

            _sockets[index] = new Endpoint { Socket = socket, SentAt = new long[_table.Count] };
            Epoll.Add(socket, index);
        }
    }

    protected override bool IsIdle => _outstanding == 0;

    public override void Dispose()
    {
        foreach (var socket in _sockets)
        {
            _ = Libc.Close(socket.Socket);
        }

        _batch.Dispose();
        _table.Dispose();
        base.Dispose();
    }

    protected override void Start() => StartAll(_inFlight);

    protected override void StartOnce() => StartAll(1);

    protected override void Work(long until, bool refill)
    {
        for (var now = Now; now < until; now = Now)
        {
            var ready = Epoll.Wait(Shape == LoadShape.Busy ? 0 : 10);
            for (var i = 0; i < ready; i++)
            {
                Take(_sockets[Epoll.Index(i)], refill);
            }

            if (now >= _nextCheck)
            {
                CountLost(now, refill);
                _nextCheck = now + Ticks(TimeSpan.FromMilliseconds(10));
            }

            if (refill && IsIdle)
            {
                Start();
            }
        }
    }

    protected override void GiveUp() => CountLost(long.MaxValue, refill: false);

    private void StartAll(int count)
    {
        foreach (var socket in _sockets)
        {
            Send(socket, count);
        }
    }

    private void Send(Endpoint socket, int count)
    {
        var now = Now;
        for (var i = 0; i < count; i++)
        {
            socket.SentAt[(socket.Next + i) & (_table.Count - 1)] = now;
        }

        _batch.Send(socket.Socket, socket.Next, count);
        socket.Next = (socket.Next + count) & (_table.Count - 1);
        socket.Outstanding += count;
        socket.LastHeard = now;
        _outstanding += count;
    }

    private void Take(Endpoint socket, bool refill)
    {
        var received = _batch.Receive(socket.Socket);
        var now = Now;
        var answered = 0;
        for (var i = 0; i < received; i++)
        {
            ref var sentAt = ref socket.SentAt[_batch.Replies[i]];
            if (sentAt == 0)
            {
                // Late: it was counted as lost.
                continue;
            }

            Histogram.Record(now - sentAt);
            sentAt = 0;
            answered++;
        }

        socket.LastHeard = now;
        socket.Outstanding -= answered;
        _outstanding -= answered;
        Completed += answered;
        if (refill && Shape == LoadShape.Busy && answered > 0)
        {
            Send(socket, answered);
        }
    }

    private void CountLost(long now, bool refill)
    {
        foreach (var socket in _sockets)
        {
            if (socket.Outstanding > 0 && now - socket.LastHeard > Ticks(Silence))
            {
                var lost = socket.Outstanding;
                Array.Clear(socket.SentAt);
                Lost += lost;
                _outstanding -= lost;
                socket.Outstanding = 0;
                if (refill && Shape == LoadShape.Busy)
                {
                    Send(socket, lost);
                }
            }
        }
    }

    private sealed class Endpoint
    {
        public required int Socket { get; init; }

        public required long[] SentAt { get; init; }

        public int Next { get; set; }

        public int Outstanding { get; set; }

        public long LastHeard { get; set; }
    }
}
