using System.Net;
using Transports.Diagnostics;

namespace Transports;

/// <summary>Counts every datagram that is dropped, and logs one a minute for each reason.</summary>
internal sealed class DropCounter(DatagramEnvironment environment, EndPoint localEndPoint)
{
    // One throttle a reason: a flood of one kind must not hide another.
    private readonly LogThrottle[] _throttles =
        [.. Enum.GetValues<DropReason>().Select(_ => new LogThrottle(environment.TimeProvider))];

    public void Drop(DropReason reason, Exception? exception = null)
    {
        environment.Metrics.MessageDropped(reason);
        if (_throttles[(int)reason].TryPass(out var suppressed))
        {
            TransportLog.DatagramDropped(environment.Logger, localEndPoint, reason, suppressed, exception);
        }
    }
}
