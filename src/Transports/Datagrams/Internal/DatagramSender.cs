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
    private const int MaxCollected = 64;

    private readonly ObjectPool<Datagram[]> _batches = new(() => new Datagram[MaxCollected], 4);
    private readonly ObjectPool<Datagram> _slots = new(() => new Datagram(default, NewAddress(channel)), 2 * MaxCollected);
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

    public void Return(Datagram datagram)
    {
        datagram.ReleaseBuffer(environment.Options.BufferPool);
        _slots.Return(datagram);
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
    public void Mark() => _mark = _count;

    /// <summary>Keeps a reply until the batch is flushed; for the receive loop only, as are the next two.</summary>
    public ValueTask CollectAsync(Datagram datagram)
    {
        _collected[_count++] = datagram;
        return _count < MaxCollected ? default : FlushAsync();
    }

    public void DropCollected()
    {
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

        // The array goes with the send, which may take longer than the next reply.
        var (batch, count) = (_collected, _count);
        _collected = _batches.Rent();
        (_count, _mark) = (0, 0);
        return FlushAsync(batch, count);
    }

    private async ValueTask FlushAsync(Datagram[] batch, int count)
    {
        await SendAndReturnAsync(batch, count).ConfigureAwait(false);
        Array.Clear(batch, 0, count);
        _batches.Return(batch);
    }

    private async ValueTask SendAndReturnAsync(Datagram[] batch, int count)
    {
        await SendAllAsync(batch, count).ConfigureAwait(false);
        for (var index = 0; index < count; index++)
        {
            Return(batch[index]);
        }
    }

    private async ValueTask SendAllAsync(Datagram[] batch, int count)
    {
        for (var first = 0; first < count;)
        {
            try
            {
                var sent = await channel.SendAsync(batch.AsMemory(first, count - first), CancellationToken.None)
                    .ConfigureAwait(false);
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sent);
                Count(batch.AsSpan(first, sent));
                first += sent;
            }
#pragma warning disable CA1031 // A datagram that cannot be sent is lost, as on the way: whatever the channel says.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                drops.Drop(DropReason.SendFailed, exception);
                first++;
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
