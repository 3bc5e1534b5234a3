using System.Net;
using Microsoft.Extensions.Logging;
using Transports.Diagnostics;

namespace Transports;

/// <summary>
/// Waits after a failed accept: 5 ms, doubling to 1 s, back to the start after a success. Neither spins nor gives up
/// when the process is out of file descriptors.
/// </summary>
internal sealed class AcceptBackoff(
    EndPoint endPoint, ILogger logger, TransportMetrics metrics, TimeProvider timeProvider)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly LogThrottle _throttle = new(timeProvider);
    private TimeSpan _next = First;

    public void Succeeded() => _next = First;

    public Task FailedAsync(Exception exception, CancellationToken cancellationToken)
    {
        metrics.AcceptFailed();
        if (_throttle.TryPass(out var suppressed))
        {
            // Its text alone. To show a stack trace the runtime may load an assembly, and a process that is out of file
            // descriptors cannot: the runtime then ends it as out of memory.
            TransportLog.AcceptFailed(logger, endPoint, exception.Message, suppressed);
        }

        var delay = _next;
        _next = _next * 2 < Longest ? _next * 2 : Longest;
        return Task.Delay(delay, timeProvider, cancellationToken);
    }
}
