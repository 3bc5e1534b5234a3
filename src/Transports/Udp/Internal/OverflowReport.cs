using System.Net;
using Microsoft.Extensions.Logging;
using Transports.Diagnostics;

namespace Transports;

/// <summary>Tells what a socket had no room for. Belongs to the socket's receive loop.</summary>
internal sealed class OverflowReport(
    EndPoint localEndPoint, TransportMetrics metrics, ILogger logger, TimeProvider timeProvider)
{
    private readonly LogThrottle _throttle = new(timeProvider);
    private uint _heard;

    /// <summary>The socket says how many it has dropped since it was made; the count begins again after 2^32.</summary>
    public void Heard(uint total)
    {
        var more = total - _heard;
        if (more == 0)
        {
            return;
        }

        _heard = total;
        metrics.ReceiveOverflowed(more);
        if (_throttle.TryPass(out _))
        {
            TransportLog.ReceiveOverflowed(logger, localEndPoint, total);
        }
    }
}
