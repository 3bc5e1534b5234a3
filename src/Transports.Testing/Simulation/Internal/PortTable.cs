using System.Net.Sockets;

namespace Transports.Testing;

/// <summary>Who has which port of one host and protocol.</summary>
internal sealed class PortTable<T>(SimulatedNetworkOptions options)
    where T : class
{
    private readonly Dictionary<int, T> _owners = [];
    private int _next;

    /// <summary>The owners, by port.</summary>
    public IEnumerable<T> Owners => _owners.OrderBy(pair => pair.Key).Select(pair => pair.Value);

    public T? Find(int port) => _owners.GetValueOrDefault(port);

    /// <summary>Takes a port: that one, or, for 0, the next that is free.</summary>
    /// <exception cref="SocketException">It is in use, or all are.</exception>
    public ushort Take(int port, T owner, Func<int, bool>? isTaken = null)
    {
        if (port != 0)
        {
            return _owners.TryAdd(port, owner)
                ? (ushort)port
                : throw new SocketException((int)SocketError.AddressAlreadyInUse);
        }

        for (var tried = 0; tried < options.EphemeralPorts; tried++)
        {
            var candidate = options.FirstEphemeralPort + _next;
            _next = (_next + 1) % options.EphemeralPorts;
            if (isTaken?.Invoke(candidate) != true && _owners.TryAdd(candidate, owner))
            {
                return (ushort)candidate;
            }
        }

        throw new SocketException((int)SocketError.AddressNotAvailable);
    }

    public void Release(int port, T owner)
    {
        if (Find(port) == owner)
        {
            _owners.Remove(port);
        }
    }

    public void Clear() => _owners.Clear();
}
