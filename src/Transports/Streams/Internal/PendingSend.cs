namespace Transports;

/// <summary>
/// A send that the stream did not take at once: what goes on when it has ended, and the watch on it, since a peer that
/// takes nothing for the send time-out is a slow consumer. Made for the first such send; most connections have none.
/// </summary>
internal sealed class PendingSend : IDisposable
{
    private static readonly TimeSpan TimerGrain = TimeSpan.FromMilliseconds(1);

    private readonly StreamOutput _output;
    private readonly StreamConnection _connection;
    private readonly StreamEnvironment _environment;
    private readonly Action _onSent;
    private ValueTask _send;
    private byte[] _buffer = [];
    private ITimer? _stallTimer;
    private long _stalledAt = long.MaxValue;

    public PendingSend(StreamOutput output, StreamConnection connection, StreamEnvironment environment)
    {
        (_output, _connection, _environment) = (output, connection, environment);
        _onSent = OnSent;
    }

    /// <summary>
    /// Waits without an async method: its state machine would be an allocation for every send that has to wait.
    /// </summary>
    public void Await(ValueTask send, byte[] buffer)
    {
        (_send, _buffer) = (send, buffer);
        StartStallTimer();
        _send.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_onSent);
    }

    /// <summary>Ends the watch.</summary>
    public void Dispose() => _stallTimer?.Dispose();

    private void OnSent()
    {
        var (send, buffer) = (_send, _buffer);
        (_send, _buffer) = (default, []);
        StopStallTimer();
        _output.EndPending(send, buffer);
    }

    private void StartStallTimer()
    {
        var timeout = _environment.Options.SendTimeout;
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        var time = _environment.TimeProvider;
        Volatile.Write(ref _stalledAt, time.GetTimestamp() + (long)(timeout.TotalSeconds * time.TimestampFrequency));
        _stallTimer ??= time.CreateTimer(
            static pending => ((PendingSend)pending!).OnStallTimer(),
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
        var left = _environment.TimeProvider.GetElapsedTime(_environment.TimeProvider.GetTimestamp(), stalledAt);
        if (left > TimeSpan.Zero)
        {
            _stallTimer?.Change(left + TimerGrain, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _connection.CloseNow(CloseReason.SlowConsumer);
        }
    }
}
