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
    private const int MaxCollected = 128;

    private readonly ObjectPool<Datagram[]> _batches = new(() => new Datagram[MaxCollected], 4);
    private readonly ObjectPool<Datagram> _slots = new(
        () => new Datagram(default, NewAddress(channel)), 2 * MaxCollected);
    private DatagramArena? _arena = channel.TakesPinned ? new DatagramArena(MaxCollected, NewAddress(channel)) : null;
    private Datagram[] _collected = new Datagram[MaxCollected];
    private int _count;
    private int _mark;
    private volatile bool _ended;

    public static SocketAddress NewAddress(DatagramChannel channel)
    {
        var family = channel.LocalEndPoint.AddressFamily;
        return new SocketAddress(family, SocketAddress.GetMaximumAddressSize(family));
    }

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

    /// <summary>
    /// Room for a reply among those of the batch, for the receive loop only; null where there is none, or too little.
    /// </summary>
    public Datagram? Reserve(int least) => _arena?.Reserve(_count, least);

    /// <summary>
    /// A handler went asynchronous with a reply that it had begun in the arena, and may go on writing there. It keeps
    /// that piece, and as such handlers come again, replies are written in buffers of their own from now on.
    /// </summary>
    public void LeaveArena() => _arena = null;

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
            return SendAndReturnAsync(datagram.Alone, 1);
        }

        Return(datagram);
        throw new ConnectionClosedException(CloseReason.ShuttingDown);
    }

    /// <summary>Begins another message, whose replies <see cref="DropCollected"/> can still take back.</summary>
    public void Mark()
    {
        _mark = _count;
        _arena?.Mark();
    }

    /// <summary>Keeps a reply until the batch is flushed; for the receive loop only, as are the next two.</summary>
    public ValueTask CollectAsync(Datagram datagram)
    {
        if (datagram.Pinned != 0)
        {
            _arena?.Commit(datagram);
        }

        _collected[_count++] = datagram;
        return _count < MaxCollected ? default : FlushAsync();
    }

    public void DropCollected()
    {
        _arena?.Rewind();
        while (_count > _mark)
        {
            Return(_collected[--_count]);
        }
    }

    public ValueTask FlushAsync()
    {
        if (_count == 0)
        {
            return default;
        }

        // The array goes with the send, which may take longer than the next reply. Where there is an arena it does not.
        var (batch, count) = (_collected, _count);
        _collected = _batches.Rent();
        (_count, _mark) = (0, 0);
        var sending = SendAndReturnAsync(batch, count);
        _arena?.Reset();
        return sending;
    }

    // These two are no async methods: those are free of allocation only where the compiler optimises.
    private ValueTask SendAndReturnAsync(Datagram[] batch, int count)
    {
        for (var first = 0; first < count;)
        {
            var sending = TrySendAsync(batch.AsMemory(first, count - first));
            if (!sending.IsCompletedSuccessfully)
            {
                return SendRestAsync(batch, first, count, sending);
            }

            first += Took(batch.AsSpan(first, count - first), sending.Result);
        }

        ReturnAll(batch, count);
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

    private async ValueTask SendRestAsync(Datagram[] batch, int first, int count, ValueTask<int> sending)
    {
        while (true)
        {
            try
            {
                var sent = await sending.ConfigureAwait(false);
                first += Took(batch.AsSpan(first, count - first), sent);
            }
#pragma warning disable CA1031 // A datagram that cannot be sent is lost, as on the way: whatever the channel says.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                drops.Drop(DropReason.SendFailed, exception);
                first++;
            }

            if (first == count)
            {
                break;
            }

            sending = TrySendAsync(batch.AsMemory(first, count - first));
        }

        ReturnAll(batch, count);
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

    private void ReturnAll(Datagram[] batch, int count)
    {
        for (var index = 0; index < count; index++)
        {
            Return(batch[index]);
        }

        // A datagram's own batch of one stays with it.
        if (batch.Length > 1)
        {
            Array.Clear(batch, 0, count);
            _batches.Return(batch);
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
