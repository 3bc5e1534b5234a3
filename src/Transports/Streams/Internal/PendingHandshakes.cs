using System.Net;
using Microsoft.Extensions.Logging;
using Transports.Diagnostics;

namespace Transports;

/// <summary>
/// The streams that were accepted and are not connections yet. Each has its time-out, their number is bounded, and none
/// of them holds up the accept loop.
/// </summary>
internal sealed class PendingHandshakes(
    IStreamAdmission admission, StreamListener listener, StreamEnvironment environment) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly LogThrottle _throttle = new(environment.TimeProvider);
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private int _count;

    /// <summary>False when there are too many; the stream is then still the caller's.</summary>
    /// <param name="accepted">The stream.</param>
    /// <param name="countedAs">The address under which it has a place among the connections.</param>
    public bool TryBegin(ByteStream accepted, IPAddress? countedAs)
    {
        lock (_gate)
        {
            if (_count >= admission.MaxPending)
            {
                return false;
            }

            _count++;
        }

        environment.Metrics.HandshakeStarted();
        ThreadPool.UnsafeQueueUserWorkItem(
            static work => _ = work.Self.RunAsync(work.Accepted, work.CountedAs),
            (Self: this, Accepted: accepted, CountedAs: countedAs),
            preferLocal: false);
        return true;
    }

    /// <summary>Breaks off all of them. Nothing begins any more: the accept loop has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        lock (_gate)
        {
            if (_count == 0)
            {
                _empty.TrySetResult();
            }
        }

        await _empty.Task.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync(ByteStream accepted, IPAddress? countedAs)
    {
        var started = environment.TimeProvider.GetTimestamp();
        var admitted = await AdmitAsync(accepted).ConfigureAwait(false);
        environment.Metrics.HandshakeEnded(environment.TimeProvider.GetElapsedTime(started));
        var connection = listener.OnHandshakeEnded(countedAs, admitted);
        lock (_gate)
        {
            if (--_count == 0 && _stop.IsCancellationRequested)
            {
                _empty.TrySetResult();
            }
        }

        connection?.Start();
    }

    /// <summary>The stream of a connection; null if there is none, and then nothing is left of it either.</summary>
    private async ValueTask<ByteStream?> AdmitAsync(ByteStream accepted)
    {
        using var timeout = new CancellationTokenSource(admission.Timeout, environment.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
        try
        {
            return await admission.AdmitAsync(accepted, either.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // whatever a handshake throws ends that one and nothing else
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (!_stop.IsCancellationRequested)
            {
                OnFailed(
                    timeout.IsCancellationRequested ? HandshakeFailure.TimedOut : HandshakeFailures.Classify(exception),
                    exception);
            }

            if (either.IsCancellationRequested)
            {
                accepted.Abort();
            }

            await ReleaseAsync(accepted).ConfigureAwait(false);
            return null;
        }
    }

    private void OnFailed(HandshakeFailure failure, Exception exception)
    {
        environment.Metrics.HandshakeFailed(failure);
        if (environment.Logger.IsEnabled(LogLevel.Warning) && _throttle.TryPass(out var suppressed))
        {
            TransportLog.HandshakeFailed(
                environment.Logger, listener.LocalEndPoint, failure, suppressed, exception);
        }
    }

    private static async ValueTask ReleaseAsync(ByteStream stream)
    {
        try
        {
            await stream.DisposeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // it was given up in any case
        catch (Exception)
#pragma warning restore CA1031
        {
            stream.Abort();
        }
    }
}
