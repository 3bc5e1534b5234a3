using System.Diagnostics;
using System.Net;

namespace Transports.Load;

/// <summary>
/// Sends at a fixed rate, whatever comes back, in turn on all connections. Latency counts from the time at which a
/// message was due, so that a server that stalls cannot hide it by slowing its client down. The client does not block.
/// </summary>
internal sealed class PacedStreamClient(EndPoint server, int connections, int size)
    : StreamClient(server, connections, inFlight: 1, size, MaxOutstanding)
{
    private const int MaxOutstanding = 1024;
    private double _interval;
    private double _due;
    private int _next;

    /// <summary>0, the default, loads the server as much as it can take, as <see cref="StreamClient"/> does.</summary>
    public double MessagesPerSecond
    {
        get => _interval == 0 ? 0 : Stopwatch.Frequency / _interval;
        set => _interval = value == 0 ? 0 : Stopwatch.Frequency / value;
    }

    protected override void Start()
    {
        _due = Now;
        if (_interval == 0)
        {
            base.Start();
        }
    }

    protected override void Work(long until, bool refill)
    {
        if (_interval == 0)
        {
            base.Work(until, refill);
            return;
        }

        for (var now = Now; now < until; now = Now)
        {
            while (refill && _due <= now && Send(_next, 1, (long)_due))
            {
                _due += _interval;
                _next = (_next + 1) % ConnectionCount;
            }

            TakeReplies(0, refill: false);
        }
    }
}
