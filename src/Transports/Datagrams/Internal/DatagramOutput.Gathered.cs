using Transports.Diagnostics;

namespace Transports;

/// <content>Sending what was gathered.</content>
internal sealed partial class DatagramOutput
{
    /// <summary>Sends until nothing is left. The caller is the one who sends.</summary>
    private async ValueTask DrainAsync()
    {
        while (await SendGatheredAsync().ConfigureAwait(false))
        {
        }
    }

    /// <summary>False when nothing was gathered: nobody sends any more.</summary>
    private async ValueTask<bool> SendGatheredAsync()
    {
        GatheredDatagrams? batch;
        TaskCompletionSource? room;
        TaskCompletionSource? flushed = null;
        lock (_gate)
        {
            (batch, _gathered) = (_gathered, null);
            (room, _room) = (_room, null);
            if (batch is null)
            {
                _state = State.Idle;
                (flushed, _flushed) = (_flushed, null);
            }
        }

        room?.TrySetResult();
        flushed?.TrySetResult();
        if (batch is null)
        {
            return false;
        }

        if (!_isDiscarded)
        {
            await SendAllAsync(batch.Datagrams).ConfigureAwait(false);
        }

        batch.Clear();
        Pool.Return(batch);
        return true;
    }

    private async ValueTask SendAllAsync(ReadOnlyMemory<Datagram> batch)
    {
        var wasUnreachable = false;
        while (!batch.IsEmpty)
        {
            try
            {
                var sent = await channel.SendAsync(batch, CancellationToken.None).ConfigureAwait(false);
                CountSent(batch.Span[..sent]);
                (batch, wasUnreachable) = (batch[sent..], false);
            }
            catch (Exception exception) when (!wasUnreachable && ReceiveFaults.IsUnreachable(exception))
            {
                // Not about this datagram, but about an earlier one, and reported once: this one has not left yet.
                wasUnreachable = true;
            }
#pragma warning disable CA1031 // A datagram that cannot be sent is lost, as on the way.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                drops.Drop(DropReason.SendFailed, exception);
                (batch, wasUnreachable) = (batch[1..], false);
            }
        }
    }

    private void CountSent(ReadOnlySpan<Datagram> sent)
    {
        long bytes = 0;
        foreach (var datagram in sent)
        {
            bytes += datagram.Length;
        }

        environment.Metrics.Sent(sent.Length, bytes);
    }
}
