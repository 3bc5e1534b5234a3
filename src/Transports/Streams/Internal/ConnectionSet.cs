using System.Net;

namespace Transports;

/// <summary>The connections of one listener, counted in all and per address.</summary>
internal sealed class ConnectionSet(StreamTransportOptions options)
{
    private readonly Lock _gate = new();
    private readonly HashSet<StreamConnection> _connections = [];
    private readonly Dictionary<IPAddress, int> _perAddress = [];

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _connections.Count;
            }
        }
    }

    /// <summary>False when a limit is reached.</summary>
    public bool TryAdd(StreamConnection connection)
    {
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        lock (_gate)
        {
            var fromAddress = address is null ? 0 : _perAddress.GetValueOrDefault(address);
            if (_connections.Count >= options.MaxConnections || fromAddress >= options.MaxConnectionsPerAddress)
            {
                return false;
            }

            if (address is not null)
            {
                _perAddress[address] = fromAddress + 1;
            }

            _connections.Add(connection);
            return true;
        }
    }

    public void Remove(StreamConnection connection)
    {
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        lock (_gate)
        {
            if (!_connections.Remove(connection) || address is null)
            {
                return;
            }

            if (--_perAddress[address] == 0)
            {
                _perAddress.Remove(address);
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
}
