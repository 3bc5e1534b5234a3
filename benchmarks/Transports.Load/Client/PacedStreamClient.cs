using System.Diagnostics;
using System.Net;

namespace Transports.Load;

/// <summary>
/// Sends at a fixed rate, whatever comes back, in turn on all connections. Latency counts from the time at which a
/// message was due, so that a server that stalls cannot hide it by slowing its client down.
/// </summary>
internal sealed class PacedStreamClient(EndPoint server, int connections, int size, double messagesPerSecond)
    : StreamClient(server, connections, inFlight: 16, size)
{
    private readonly double _interval = Stopwatch.Frequency / messagesPerSecond;
    private double _due;
    private int _next;

    protected override void Start() => _due = Now;

    protected override void Work(long until, bool refill)
    {
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
