using System.Net;

namespace Transports;

/// <summary>
/// The connections of one listener, counted in all and per address. A stream takes its place as soon as it is accepted,
/// so that what is still shaking hands counts too.
/// </summary>
internal sealed class ConnectionSet(StreamTransportOptions options)
{
    private readonly Lock _gate = new();
    private readonly HashSet<StreamConnection> _connections = [];
    private readonly Dictionary<IPAddress, int> _perAddress = [];
    private int _places;

    /// <summary>Takes a place; false when a limit is reached.</summary>
    /// <param name="remote">Whom to count it under; null for nobody.</param>
    public bool TryReserve(EndPoint? remote)
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
    public bool TryMove(EndPoint? from, EndPoint? to)
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
    public void Release(EndPoint? remote)
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
            _connections.Add(connection);
        }
    }

    public void Remove(StreamConnection connection)
    {
        lock (_gate)
        {
            if (_connections.Remove(connection))
            {
                _places--;
                Uncount(connection.RemoteEndPoint);
            }
        }
    }

    public StreamConnection[] Snapshot()
    {
        lock (_gate)
        {
            return [.. _connections];
        }
    }

    private bool TryCount(EndPoint? remote)
    {
        if (remote is not IPEndPoint { Address: var address })
        {
            return true;
        }

        var count = _perAddress.GetValueOrDefault(address);
        if (count >= options.MaxConnectionsPerAddress)
        {
            return false;
        }

        _perAddress[address] = count + 1;
        return true;
    }

    private void Uncount(EndPoint? remote)
    {
        if (remote is IPEndPoint { Address: var address } && --_perAddress[address] == 0)
        {
            _perAddress.Remove(address);
        }
    }
}
