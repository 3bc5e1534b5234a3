using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Transports.Diagnostics;

namespace Transports;

internal sealed partial class StreamConnection
{
    // Bytes, beside the flags: an idle connection holds them.
    private const byte Open = byte.MaxValue;

    /// <summary>A peer that sends more than this after our close is not listening: it gets its reset.</summary>
    private const int MaxLingerBytes = 1024 * 1024;

    /// <summary>What comes after our close goes here, from all connections at once: nobody reads it.</summary>
    private static readonly byte[] Discarded = new byte[16 * 1024];

    private readonly CancellationTokenSource? _receiving;
    private readonly CancellationTokenSource _ended = new();

    // Asked for once a message: to ask its source would be to touch one object more.
    private readonly CancellationToken _endedToken;
    private byte _reason = Open;
    private byte _stopReason = Open;
    private TaskCompletionSource? _stopped;
    private TaskCompletionSource<CloseReason>? _completion;
    private bool _isCompleted;
    private bool _isAborted;
    private bool _isObserved;

    /// <summary>Made when it is asked for: few connections are, and not while they are idle.</summary>
    public Task<CloseReason> Completion
    {
        get
        {
            if (_completion is null)
            {
                Interlocked.CompareExchange(
                    ref _completion, new TaskCompletionSource<CloseReason>(Continuations.Options), null);
            }

            if (Volatile.Read(ref _isCompleted))
            {
                _completion.TrySetResult((CloseReason)_reason);
            }

            return _completion.Task;
        }
    }

    private bool IsStopping => Volatile.Read(ref _stopReason) != Open;

    private bool IsClosing => Volatile.Read(ref _reason) != Open;

    /// <summary>
    /// Closes in an orderly way: what was sent is flushed, and the peer gets a moment to close too. While the handler
    /// runs this only begins it, so that a handler may dispose of its own connection.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        BeginClose(CloseReason.LocalClosed);
        if (!Volatile.Read(ref _isHandling))
        {
            await Completion.ConfigureAwait(false);
        }

        _received?.Discard((CloseReason)_reason);
    }

    public void Abort() => CloseNow(CloseReason.Aborted);

    /// <summary>Reads nothing more; what was read is handled and answered, then the connection is closed.</summary>
    public void Drain(CloseReason reason = CloseReason.ShuttingDown) => StopReceiving(reason);

    /// <summary>Takes nothing more in either direction, and closes when what was sent has left.</summary>
    public void BeginClose(CloseReason reason)
    {
        if (TryClose(reason))
        {
            Output.Close(reason);
            _received?.Complete(reason);
            StopReceiving(reason);
        }
    }

    /// <summary>Ends the connection without ceremony; the peer sees a reset.</summary>
    public void CloseNow(CloseReason reason)
    {
        TryClose(reason);
        reason = (CloseReason)_reason;
        _isAborted = true;
        Output.Discard(reason);
        _stream.Abort();
        _received?.Complete(reason);
        StopReceiving(reason);
        CancelHandler();
        if (Volatile.Read(ref _isHandling))
        {
            // Nobody need wait for a handler that may never end; the rest is released when it does.
            Complete();
        }
    }

    public void OnStreamFailed(Exception exception) => CloseNow(ToCloseReason(exception));

    private static CloseReason ToCloseReason(Exception exception) => exception switch
    {
        ConnectionClosedException closed => closed.Reason,
        SocketException error => SocketErrors.OnTransfer(error).Reason,
        IOException { InnerException: SocketException error } => SocketErrors.OnTransfer(error).Reason,
        _ => CloseReason.TransportFailed,
    };

    private static bool IsOrderly(CloseReason reason) => reason is not (
        CloseReason.Aborted or CloseReason.RemoteReset or CloseReason.SlowConsumer or CloseReason.LimitReached
        or CloseReason.TransportFailed or CloseReason.Unreachable);

    private void StopReceiving(CloseReason reason)
    {
        if (Interlocked.CompareExchange(ref _stopReason, (byte)reason, Open) != Open)
        {
            return;
        }

        Volatile.Read(ref _stopped)?.TrySetResult();
        if (_receiving is null)
        {
            ((IStopsReceiving)_stream).StopReceiving();
        }
        else
        {
            _receiving.Cancel();
        }
    }

    private void CancelHandler()
    {
        try
        {
            _ended.Cancel();
        }
        catch (AggregateException exception)
        {
            OnCancelFaulted(exception);
        }
    }

    private async ValueTask CancelHandlerAsync()
    {
        try
        {
            await Continuations.CancelAsync(_ended).ConfigureAwait(false);
        }
        catch (AggregateException exception)
        {
            OnCancelFaulted(exception);
        }
    }

    /// <summary>A callback that the handler registered on its token threw: that ends nobody else.</summary>
    private void OnCancelFaulted(AggregateException exception) =>
        TransportLog.HandlerFaulted(_environment.Logger, Id, exception);

    private bool TryClose(CloseReason reason) =>
        Interlocked.CompareExchange(ref _reason, (byte)reason, Open) == Open;

    private void Complete()
    {
        // A full fence: whoever makes the task at this moment either sees this or is seen.
        Interlocked.Exchange(ref _isCompleted, true);
        _completion?.TrySetResult((CloseReason)_reason);
    }

    /// <summary>The receive loop's last act: everything ends here, whatever the cause.</summary>
    private async ValueTask EndAsync(Exception? exception)
    {
        var reason = (CloseReason)_reason;

        // A framing that throws leaves the batch before it can say so.
        Volatile.Write(ref _isHandling, false);
        _input.Release(_environment.Pool);
        _received?.Complete(reason);
        if (IsOrderly(reason) && !_isAborted)
        {
            await CloseOrderlyAsync(reason).ConfigureAwait(false);
        }
        else
        {
            CloseNow(reason);
        }

        // The stream may not be released under a send, nor may one begin later: by then its descriptor can be another
        // connection's.
        Output.Discard(reason);
        await Output.WhenNoneIsInFlightAsync().ConfigureAwait(false);
        await CancelHandlerAsync().ConfigureAwait(false);
        await DisposeStreamAsync().ConfigureAwait(false);
        await _reply.Release().ConfigureAwait(false);
        await DisconnectObserverAsync(reason).ConfigureAwait(false);
        _environment.Metrics.ConnectionClosed(reason);
        if (_environment.Logger.IsEnabled(LogLevel.Debug))
        {
            TransportLog.ConnectionClosed(_environment.Logger, Id, reason, exception);
        }

        _listener?.Remove(this);
        Complete();
    }

    private async ValueTask CloseOrderlyAsync(CloseReason reason)
    {
        try
        {
            Output.Close(reason);
            await Output.WhenNoneIsInFlightAsync().ConfigureAwait(false);
            await _stream.CompleteSendsAsync().ConfigureAwait(false);
            if (!_sawEndOfStream)
            {
                await LingerAsync().ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // the connection ends in any case; its reason stands already
        catch (Exception)
#pragma warning restore CA1031
        {
            _stream.Abort();
        }
    }

    /// <summary>
    /// Reads and forgets until the peer has closed too. Closing a socket on which data is still arriving makes the
    /// system send a reset, and that would destroy what the peer has not read of our last messages. Bounded in time and
    /// in bytes, so that a peer which floods a closed connection does not keep it busy.
    /// </summary>
    private async ValueTask LingerAsync()
    {
        using var timeout = new CancellationTokenSource(
            _environment.Options.LingerTimeout, _environment.TimeProvider);
        try
        {
            var (count, left) = (1, MaxLingerBytes);
            while (count > 0 && left > 0)
            {
                await _stream.WaitForDataAsync(timeout.Token).ConfigureAwait(false);
                count = await _stream.ReceiveAsync(Discarded, timeout.Token).ConfigureAwait(false);
                left -= count;
            }
        }
        catch (OperationCanceledException)
        {
            // The peer had its moment.
        }
    }

    private async ValueTask DisposeStreamAsync()
    {
        try
        {
            await _stream.DisposeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // the connection has ended in any case
        catch (Exception)
#pragma warning restore CA1031
        {
            _stream.Abort();
        }
    }
}
