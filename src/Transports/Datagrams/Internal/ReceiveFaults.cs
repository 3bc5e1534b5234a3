using System.Net;
using System.Net.Sockets;
using Transports.Diagnostics;

namespace Transports;

/// <summary>
/// Keeps a receive loop alive: says which errors end it, counts and logs the others, and slows the loop down when they
/// repeat.
/// </summary>
internal sealed class ReceiveFaults(DatagramEnvironment environment, EndPoint localEndPoint)
{
    private const int TriedAtOnce = 8;
    private const int LongestShift = 10;

    private readonly LogThrottle _throttle = new(environment.TimeProvider);
    private int _inARow;

    /// <summary>True when no further receive on the channel can succeed.</summary>
    public static bool IsFatal(Exception exception) => exception
        is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.NotSocket };

    /// <summary>
    /// True for an ICMP message about something sent before. Unix reports it as refused on a connected socket, Windows
    /// as reset; NetworkReset is Windows' word for a hop limit that ran out.
    /// </summary>
    public static bool IsUnreachable(Exception exception) => exception is SocketException
    {
        SocketErrorCode: SocketError.ConnectionRefused or SocketError.ConnectionReset or SocketError.NetworkReset,
    };

    public void Succeeded() => _inARow = 0;

    /// <summary>Counts the error; ends when the loop may try again.</summary>
    public ValueTask FailedAsync(Exception exception, CancellationToken cancellationToken)
    {
        Count(exception);
        if (IsUnreachable(exception))
        {
            // Each of these answers a datagram of ours, so they cannot spin; and the peer's absence is its own affair.
            return default;
        }

        if (_throttle.TryPass(out var suppressed))
        {
            TransportLog.ReceiveFailed(environment.Logger, localEndPoint, suppressed, exception);
        }

        _inARow++;
        if (_inARow <= TriedAtOnce)
        {
            return default;
        }

        // 1 ms, doubling up to a second.
        var shift = Math.Min(_inARow - TriedAtOnce - 1, LongestShift);
        return new ValueTask(
            Task.Delay(TimeSpan.FromMilliseconds(1 << shift), environment.TimeProvider, cancellationToken));
    }

    public void Count(Exception exception) => environment.Metrics.ReceiveFailed(
        exception is SocketException socket ? socket.SocketErrorCode.ToString() : exception.GetType().Name);
}
