namespace Transports;

/// <summary>
/// A send that the stream did not take at once: what goes on when it has ended, and the watch on it, since a peer that
/// takes nothing for the send time-out is a slow consumer.
/// </summary>
internal sealed partial class StreamOutput
{
    private static readonly TimeSpan TimerGrain = TimeSpan.FromMilliseconds(1);

    private ValueTask _pendingSend;
    private byte[] _pendingBuffer = [];
    private Action? _onSent;
    private ITimer? _stallTimer;
    private long _stalledAt = long.MaxValue;

    /// <summary>
    /// Waits without an async method: its state machine would be an allocation for every send that has to wait.
    /// </summary>
    private void AwaitSend(ValueTask send, byte[] buffer)
    {
        (_pendingSend, _pendingBuffer) = (send, buffer);
        StartStallTimer();
        _pendingSend.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_onSent ??= OnSent);
    }

    private void OnSent()
    {
        var (send, buffer) = (_pendingSend, _pendingBuffer);
        (_pendingSend, _pendingBuffer) = (default, []);
        StopStallTimer();
        try
        {
            send.GetAwaiter().GetResult();
        }
#pragma warning disable CA1031 // whatever a stream throws ends this connection and nothing else
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(exception, buffer);
            return;
        }

        environment.Pool.Return(buffer);
        SendQueued();
    }

    private void StartStallTimer()
    {
        var timeout = environment.Options.SendTimeout;
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        var time = environment.TimeProvider;
        Volatile.Write(ref _stalledAt, time.GetTimestamp() + (long)(timeout.TotalSeconds * time.TimestampFrequency));
        _stallTimer ??= time.CreateTimer(
            static output => ((StreamOutput)output!).OnStallTimer(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        _stallTimer.Change(timeout, Timeout.InfiniteTimeSpan);
    }

    private void StopStallTimer()
    {
        Volatile.Write(ref _stalledAt, long.MaxValue);
        _stallTimer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void OnStallTimer()
    {
        var stalledAt = Volatile.Read(ref _stalledAt);
        if (stalledAt == long.MaxValue)
        {
            return;
        }

        // The send may have ended, and another begun, while the timer was on its way. And the system's timers count in
        // whole milliseconds by a clock of their own: they may fire a little before the time has come.
        var left = environment.TimeProvider.GetElapsedTime(environment.TimeProvider.GetTimestamp(), stalledAt);
        if (left > TimeSpan.Zero)
        {
            _stallTimer?.Change(left + TimerGrain, Timeout.InfiniteTimeSpan);
        }
        else
        {
            connection.CloseNow(CloseReason.SlowConsumer);
        }
    }
}
