using System.Buffers;
using System.Net;

namespace Transports;

/// <summary>
/// The connections of one listener, counted in all, per address and per prefix. A stream takes its place as soon as it
/// is accepted, so that what is still shaking hands counts too.
/// </summary>
internal sealed class ConnectionSet(StreamTransportOptions options, TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _perAddress = [];
    private readonly Dictionary<UInt128, int> _perPrefix = [];
    private StreamConnection? _last;
    private int _count;
    private double _jitter;
    private int _places;
    private TaskCompletionSource? _empty;

    /// <summary>Takes a place; false when a limit is reached.</summary>
    /// <param name="remote">Whom to count it under; null for nobody.</param>
    public bool TryReserve(IPAddress? remote)
    {
        lock (_gate)
        {
            if (_places >= options.MaxConnections || !TryCount(remote))
            {
                return false;
            }

            _places++;
            return true;
        }
    }

    /// <summary>Counts a place under somebody else; false, and given back, when that one's limit is reached.</summary>
    public bool TryMove(IPAddress? from, IPAddress? to)
    {
        if (Equals(from, to))
        {
            return true;
        }

        lock (_gate)
        {
            Uncount(from);
            if (TryCount(to))
            {
                return true;
            }

            _places--;
            return false;
        }
    }

    /// <summary>Gives back a place that no connection has.</summary>
    public void Release(IPAddress? remote)
    {
        lock (_gate)
        {
            _places--;
            Uncount(remote);
        }
    }

    /// <summary>Gives a connection the place that was reserved for its peer.</summary>
    public void Add(StreamConnection connection)
    {
        lock (_gate)
        {
            SetLifetime(connection);
            (connection.Previous, _last) = (_last, connection);
            if (connection.Previous is { } previous)
            {
                previous.Next = connection;
            }

            _count++;
        }
    }

    public void Remove(StreamConnection connection)
    {
        lock (_gate)
        {
            if (Unlink(connection))
            {
                _places--;
                Uncount(connection.Stream.RemoteAddress);
            }

            if (_count == 0)
            {
                _empty?.TrySetResult();
            }
        }
    }

    /// <summary>How many connections there are, without those that are still shaking hands.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <summary>How many of them have a handler at work.</summary>
    public int CountHandling()
    {
        var count = 0;
        lock (_gate)
        {
            for (var connection = _last; connection is not null; connection = connection.Previous)
            {
                count += connection.IsHandling ? 1 : 0;
            }
        }

        return count;
    }

    /// <summary>Ends with the last connection, its handler included; for when none is added any more.</summary>
    public Task WhenEmpty()
    {
        lock (_gate)
        {
            if (_count == 0)
            {
                return Task.CompletedTask;
            }

            _empty ??= new TaskCompletionSource(Continuations.Options);
            return _empty.Task;
        }
    }

    /// <summary>All of them, for one who will not ask again.</summary>
    public StreamConnection[] Snapshot()
    {
        lock (_gate)
        {
            var all = new StreamConnection[_count];
            CopyTo(all);
            return all;
        }
    }

    /// <summary>
    /// All of them, for one who asks every few seconds, and would leave an array of thousands behind each time.
    /// </summary>
    public RentedSnapshot RentSnapshot()
    {
        lock (_gate)
        {
            var all = ArrayPool<StreamConnection>.Shared.Rent(_count);
            CopyTo(all);
            return new RentedSnapshot(all, _count);
        }
    }

    private void CopyTo(StreamConnection[] array)
    {
        var index = 0;
        for (var connection = _last; connection is not null; connection = connection.Previous)
        {
            array[index++] = connection;
        }
    }

    /// <summary>Takes a connection out of the list that runs through them; false when it is not in it.</summary>
    private bool Unlink(StreamConnection connection)
    {
        var (previous, next) = (connection.Previous, connection.Next);
        if (next is null && _last != connection)
        {
            return false;
        }

        (connection.Previous, connection.Next) = (null, null);
        _last = next is null ? previous : _last;
        if (previous is not null)
        {
            previous.Next = next;
        }

        if (next is not null)
        {
            next.Previous = previous;
        }

        _count--;
        return true;
    }

    /// <summary>Multiples of the golden ratio spread what came together evenly, whatever their number.</summary>
    private void SetLifetime(StreamConnection connection)
    {
        if (options.MaxConnectionLifetime != Timeout.InfiniteTimeSpan)
        {
            _jitter = (_jitter + 0.6180339887498949) % 1;
            var seconds = options.MaxConnectionLifetime.TotalSeconds * (1 - (_jitter / 10));
            connection.ExpiresAt = timeProvider.GetTimestamp() + (long)(seconds * timeProvider.TimestampFrequency);
        }
    }

    private bool TryCount(IPAddress? address)
    {
        if (address is null)
        {
            return true;
        }

        var prefix = PrefixOf(address);
        var (ofAddress, ofPrefix) = (_perAddress.GetValueOrDefault(address), _perPrefix.GetValueOrDefault(prefix));
        if (ofAddress >= options.MaxConnectionsPerAddress || ofPrefix >= options.MaxConnectionsPerPrefix)
        {
            return false;
        }

        _perAddress[address] = ofAddress + 1;
        _perPrefix[prefix] = ofPrefix + 1;
        return true;
    }

    private void Uncount(IPAddress? address)
    {
        if (address is not null)
        {
            Decrement(_perAddress, address);
            Decrement(_perPrefix, PrefixOf(address));
        }
    }

    private static void Decrement<TKey>(Dictionary<TKey, int> counts, TKey key)
        where TKey : notnull
    {
        if (--counts[key] == 0)
        {
            counts.Remove(key);
        }
    }

    private UInt128 PrefixOf(IPAddress address) =>
        AddressPrefix.Of(address, options.PrefixBitsIPv4, options.PrefixBitsIPv6);

    /// <summary>To be disposed of by the one who rented it.</summary>
    public readonly ref struct RentedSnapshot(StreamConnection[] array, int count)
    {
        public ReadOnlySpan<StreamConnection> Connections => array.AsSpan(0, count);

        public void Dispose()
        {
            array.AsSpan(0, count).Clear();
            ArrayPool<StreamConnection>.Shared.Return(array);
        }
    }
}
