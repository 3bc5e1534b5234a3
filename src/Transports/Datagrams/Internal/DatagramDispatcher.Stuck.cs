namespace Transports;

/// <content>
/// A handler that blocks the receive loop's thread: another thread takes the lead, and the handler counts as one that
/// has gone asynchronous.
/// </content>
internal sealed partial class DatagramDispatcher
{
    /// <inheritdoc/>
    public bool TryTakeLead(long dispatch)
    {
        // With no room for a further message the next leader could only drop what waits well in the system's buffer.
        if (Active + 1 >= _maxActive)
        {
            return false;
        }

        // Counted before: the handler may return in the next moment, and must not look like the last one at work.
        Interlocked.Increment(ref _active);
        if (_lead.TryTake(dispatch) is { } next)
        {
            _lead = next;
            return true;
        }

        Leave();
        return false;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ResumeAsync()
    {
        if (_count == 0)
        {
            return true;
        }

        // The stuck one keeps its slot, and its part of the replies.
        Replace(_next - 1);
        await _sender.TakeOverAsync().ConfigureAwait(false);
        return await HandleRestAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// A handler has returned to a thread that does not lead any more. What it replied, unless that has left, may point
    /// to the context's address: it leaves before that is used again.
    /// </summary>
    private async Task FinishStuckAsync(DatagramContext context, ReplyBatch? replies, ValueTask handling)
    {
        if (replies is not null)
        {
            replies.LeaveArenaIfReserved();
            if (handling.IsFaulted || handling.IsCanceled)
            {
                _sender.DropMarked(replies);
            }

            await _sender.FlushMarkedAsync(replies).ConfigureAwait(false);
        }

        context.FinishLater(handling);
    }
}
