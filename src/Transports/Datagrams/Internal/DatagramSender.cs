using System.Net;
using Transports.Diagnostics;

namespace Transports;

/// <summary>
/// Sends what a listener has to say. Replies that are made while a batch is handled are collected, and leave together;
/// all others leave at once, from wherever they are made.
/// </summary>
internal sealed class DatagramSender(
    DatagramChannel channel, DatagramEnvironment environment, DropCounter drops)
{
    private const int PooledBatches = 4;

    private readonly ObjectPool<ReplyBatch> _batches = new(() => NewBatch(channel), PooledBatches);
    private readonly ObjectPool<Datagram> _slots = new(
        () => new Datagram(default, NewAddress(channel)), 2 * ReplyBatch.Capacity);
    private ReplyBatch _replies = NewBatch(channel);
    private volatile bool _ended;

    public static SocketAddress NewAddress(DatagramChannel channel)
    {
        var family = channel.LocalEndPoint.AddressFamily;
        return new SocketAddress(family, SocketAddress.GetMaximumAddressSize(family));
    }

    /// <summary>Where replies are collected until the next flush; for the leader of the receive loop only.</summary>
    public ReplyBatch Replies => _replies;

    /// <summary>A slot with room for at least that many bytes; it comes back when it has been sent.</summary>
    public Datagram Rent(int capacity)
    {
        var datagram = _slots.Rent();
        datagram.RentBuffer(environment.Options.BufferPool, capacity);
        return datagram;
    }

    /// <summary>Gives the slot a larger buffer, keeping the first bytes.</summary>
    public void Grow(Datagram datagram, int capacity, int keep) =>
        datagram.RentBuffer(environment.Options.BufferPool, capacity, keep);

    public void Return(Datagram datagram)
    {
        if (datagram.ReleaseBuffer(environment.Options.BufferPool))
        {
            _slots.Return(datagram);
        }
    }

    /// <summary>From now on whoever sends learns that the listener has stopped.</summary>
    public void End() => _ended = true;

    public void ThrowIfEnded()
    {
        if (_ended)
        {
            throw new ConnectionClosedException(CloseReason.ShuttingDown);
        }
    }

    /// <summary>Sends one datagram now, and takes its slot back.</summary>
    public ValueTask SendAsync(Datagram datagram)
    {
        if (!_ended)
        {
            return SendAndReturnAsync(datagram.Alone, 0, 1);
        }

        Return(datagram);
        throw new ConnectionClosedException(CloseReason.ShuttingDown);
    }

    /// <summary>
    /// Begins another message, whose replies <see cref="DropMarked()"/> can still take back. For the leader of the
    /// receive loop only, as is what follows, unless it says otherwise.
    /// </summary>
    public void Mark() => _replies.Mark();

    /// <summary>Takes back what the message replied that is being handled.</summary>
    public void DropMarked() => DropMarked(_replies);

    /// <summary>Sends all that was collected.</summary>
    public ValueTask FlushAsync()
    {
        var replies = _replies;
        if (replies.Count == 0)
        {
            return default;
        }

        var sending = SendAndReturnAsync(replies.Datagrams, 0, replies.Count);
        if (sending.IsCompletedSuccessfully)
        {
            replies.Reset();
            return default;
        }

        // The batch goes with the send, which may take longer than the next reply. Where there is an arena it does not.
        _replies = _batches.Rent();
        return FinishFlushAsync(replies, sending);
    }

    /// <summary>
    /// Sends what a thread had collected before the message that it is stuck in; it keeps the batch for the rest.
    /// </summary>
    public async ValueTask TakeOverAsync()
    {
        var replies = _replies;
        _replies = _batches.Rent();
        await SendAndReturnAsync(replies.Datagrams, 0, replies.Marked).ConfigureAwait(false);
        Leave(replies);
    }

    /// <summary>
    /// Sends the replies of the message that a thread is, or was, stuck in; its part of the batch ends with them.
    /// </summary>
    public async ValueTask FlushMarkedAsync(ReplyBatch replies)
    {
        await SendAndReturnAsync(replies.Datagrams, replies.Marked, replies.Count).ConfigureAwait(false);
        Leave(replies);
    }

    /// <summary>Takes back the replies of the message that is being handled; for whoever has the batch.</summary>
    public void DropMarked(ReplyBatch replies)
    {
        while (replies.TakeBack() is { } datagram)
        {
            Return(datagram);
        }
    }

    private static ReplyBatch NewBatch(DatagramChannel channel) =>
        new(channel.TakesPinned ? new DatagramArena(ReplyBatch.Capacity, NewAddress(channel)) : null);

    /// <summary>For each of the two that share a batch since <see cref="TakeOverAsync"/>: it is done with it.</summary>
    private void Leave(ReplyBatch replies)
    {
        if (replies.Leave())
        {
            replies.Reset();
            _batches.Return(replies);
        }
    }

    private async ValueTask FinishFlushAsync(ReplyBatch replies, ValueTask sending)
    {
        await sending.ConfigureAwait(false);
        replies.Reset();
        _batches.Return(replies);
    }

    // These two are no async methods: those are free of allocation only where the compiler optimises.
    private ValueTask SendAndReturnAsync(Datagram[] batch, int start, int end)
    {
        for (var first = start; first < end;)
        {
            var sending = TrySendAsync(batch.AsMemory(first, end - first));
            if (!sending.IsCompletedSuccessfully)
            {
                return SendRestAsync(batch, start, first, end, sending);
            }

            first += Took(batch.AsSpan(first, end - first), sending.Result);
        }

        ReturnAll(batch, start, end);
        return default;
    }

    private ValueTask<int> TrySendAsync(ReadOnlyMemory<Datagram> batch)
    {
        try
        {
            return channel.SendAsync(batch, CancellationToken.None);
        }
#pragma warning disable CA1031 // Thrown at once or later: the same.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return ValueTask.FromException<int>(exception);
        }
    }

    private async ValueTask SendRestAsync(
        Datagram[] batch, int start, int first, int end, ValueTask<int> sending)
    {
        while (true)
        {
            try
            {
                var sent = await sending.ConfigureAwait(false);
                first += Took(batch.AsSpan(first, end - first), sent);
            }
#pragma warning disable CA1031 // A datagram that cannot be sent is lost, as on the way: whatever the channel says.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                drops.Drop(DropReason.SendFailed, exception);
                first++;
            }

            if (first == end)
            {
                break;
            }

            sending = TrySendAsync(batch.AsMemory(first, end - first));
        }

        ReturnAll(batch, start, end);
    }

    /// <summary>
    /// How far the channel says that it got; a channel that got nowhere and does not say why loses one.
    /// </summary>
    private int Took(ReadOnlySpan<Datagram> batch, int sent)
    {
        if (sent <= 0 || sent > batch.Length)
        {
            drops.Drop(DropReason.SendFailed);
            return 1;
        }

        Count(batch[..sent]);
        return sent;
    }

    private void ReturnAll(Datagram[] batch, int start, int end)
    {
        for (var index = start; index < end; index++)
        {
            // The arena's are made anew when they are reserved.
            if (batch[index] is { Pinned: 0 } datagram)
            {
                Return(datagram);
            }
        }
    }

    private void Count(ReadOnlySpan<Datagram> sent)
    {
        long bytes = 0;
        foreach (var datagram in sent)
        {
            bytes += datagram.Length;
        }

        environment.Metrics.Sent(sent.Length, bytes);
    }
}
