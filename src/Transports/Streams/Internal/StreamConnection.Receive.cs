namespace Transports;

internal sealed partial class StreamConnection
{
    private const long Never = long.MaxValue;
    private const int SmallestRoom = 512;

    private int _examined;
    private int _expected;
    private int _lastCount;
    private bool _sawEndOfStream;
    private long _lastActivity;
    private long _unfinishedSince = Never;
    private int _unfinishedBytes;
    private bool _isBusy;

    /// <summary>How long nothing has been received or handled; zero while the handler works.</summary>
    public TimeSpan IdleFor(long now) => Volatile.Read(ref _isBusy)
        ? TimeSpan.Zero
        : _environment.TimeProvider.GetElapsedTime(Volatile.Read(ref _lastActivity), now);

    /// <summary>
    /// How long a message, or a record that may hold one, has been unfinished, and how many bytes of it are here; zero
    /// for none.
    /// </summary>
    public TimeSpan UnfinishedFor(long now, out int bytes)
    {
        // The time is noted before the bytes: those of a new message are never taken for an old one's.
        long since;
        do
        {
            since = Volatile.Read(ref _unfinishedSince);
            bytes = Volatile.Read(ref _unfinishedBytes);
        }
        while (since != Volatile.Read(ref _unfinishedSince));

        if (_stream is IReceivesRecords stream && stream.UnfinishedSince(out var ofRecord) is var begin and not Never)
        {
            // A handler's time is not the peer's, also when the record was begun before it.
            since = Math.Min(since, Math.Max(begin, Volatile.Read(ref _lastActivity)));
            bytes += ofRecord;
        }

        return since == Never || Volatile.Read(ref _isBusy)
            ? TimeSpan.Zero
            : _environment.TimeProvider.GetElapsedTime(since, now);
    }

    /// <summary>
    /// A receive that may have to wait gets room for twice what came last, so that many connections which say little
    /// hold little.
    /// </summary>
    private int RoomAtOnce => _stream.WaitsInReceive
        ? (int)Math.Clamp(2L * _lastCount, SmallestRoom, _environment.Options.ReadBufferBytes)
        : _environment.Options.ReadBufferBytes;

    private CancellationToken ReceiveToken => _receiving?.Token ?? CancellationToken.None;

    private void Touch() => Volatile.Write(ref _lastActivity, _environment.TimeProvider.GetTimestamp());

    /// <summary>Notes for the sweep what the last receive has left: nothing, as a rule.</summary>
    private void NoteUnfinished(int received)
    {
        var left = _input.Unread.Length;
        if (left == 0)
        {
            Volatile.Write(ref _unfinishedSince, Never);
        }
        else if (_unfinishedSince == Never || left != _unfinishedBytes + received)
        {
            // Something was handled, so what is left is a message that began just now.
            Volatile.Write(ref _unfinishedSince, _lastActivity);
        }

        Volatile.Write(ref _unfinishedBytes, left);
    }

    /// <summary>
    /// Receives until the connection ends; or until it must wait for data and has never waited for anything else, a
    /// handler for one: then it is called again when data comes, and its state is not held meanwhile.
    /// </summary>
    private async Task RunAsync(bool isNew)
    {
        Exception? cause;
        var isHeld = _receiving is not null;
        try
        {
            if (isNew)
            {
                var connecting = ConnectObserverAsync();
                isHeld |= !connecting.IsCompleted;
                await connecting.ConfigureAwait(false);
            }

            while (!IsClosing)
            {
                // A connection that waits holds no buffer: it is rented when there is something to read. What is held
                // of this method is kept small: nothing of a turn outlives it.
                var waiting = _stream.WaitForDataAsync(ReceiveToken);
                if (!waiting.IsCompleted)
                {
                    _input.ReleaseIfEmpty(_environment.Pool);
                    if (!isHeld)
                    {
                        ((IStopsReceiving)_stream).ContinueAfterWait(
                            static connection => _ = ((StreamConnection)connection!).RunAsync(isNew: false), this);
                        return;
                    }
                }

                await waiting.ConfigureAwait(false);
                if (IsStopping)
                {
                    // Only a drain stops the receiving without having set a reason.
                    TryClose((CloseReason)_stopReason);
                    break;
                }

                if (_listener is { Intake.IsClosed: true })
                {
                    isHeld = true;
                    await WaitForIntakeAsync(_listener.Intake).ConfigureAwait(false);
                    continue;
                }

                if (_receiving is not null)
                {
                    await _stream.LetOthersGoFirstAsync().ConfigureAwait(false);
                }

                var room = _input.GetRoom(_environment.Pool, _expected, RoomAtOnce);
                int count;
                if (_receiving is not null)
                {
                    count = await _stream.ReceiveAsync(room, ReceiveToken).ConfigureAwait(false);
                }
                else if (!((IStopsReceiving)_stream).TryReceive(room.Span, out count))
                {
                    continue;
                }

                var delivering = DeliverAllAsync(count);
                isHeld |= !delivering.IsCompleted;
                await delivering.ConfigureAwait(false);
            }

            cause = null;
        }
        catch (OperationCanceledException) when (IsStopping)
        {
            TryClose((CloseReason)_stopReason);
            cause = null;
        }
#pragma warning disable CA1031 // whatever a stream throws ends this connection and nothing else
        catch (Exception exception)
#pragma warning restore CA1031
        {
            TryClose(ToCloseReason(exception));
            cause = exception;
        }

        await EndAsync(cause).ConfigureAwait(false);
    }

    /// <summary>The server takes nothing at the moment; ends when it does, or when this connection stops.</summary>
    private async ValueTask WaitForIntakeAsync(IntakeGate intake)
    {
        // The peer has sent something: whatever happens to idle connections, this is none.
        Volatile.Write(ref _isBusy, true);
        _input.ReleaseIfEmpty(_environment.Pool);
        var stopped = new TaskCompletionSource(Continuations.Options);
        Interlocked.Exchange(ref _stopped, stopped);
        if (!IsStopping)
        {
            await Task.WhenAny(intake.WhenOpenAsync(CancellationToken.None), stopped.Task).ConfigureAwait(false);
        }

        Volatile.Write(ref _stopped, null);
    }
}
