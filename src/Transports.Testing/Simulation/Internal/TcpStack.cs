using System.Net.Sockets;

namespace Transports.Testing;

/// <summary>TCP on one host. For the loop's thread.</summary>
internal sealed class TcpStack(SimulatedHost host)
{
    private const int MaxRemembered = 1024;

    private static readonly TimeSpan TimeWait = TimeSpan.FromSeconds(60);

    private readonly PortTable<object> _ports = new(host.Network.Options);
    private readonly Dictionary<ulong, TcpConnection> _connections = [];
    private readonly Dictionary<ulong, (long UntilTicks, uint Expected, uint Next)> _timeWait = [];
    private ulong _lastConnection;

    public IEnumerable<TcpConnection> Connections => _connections.Values;

    public IEnumerable<SimulatedStreamListener> Listeners => _ports.Owners.OfType<SimulatedStreamListener>();

    public ulong NextConnection() => ++_lastConnection;

    /// <exception cref="SocketException">The port is in use, or the host is down.</exception>
    public SimulatedStreamListener Listen(uint address, int port, int backlog)
    {
        ThrowIfDown();
        if (!host.IsOwn(address))
        {
            throw new SocketException((int)SocketError.AddressNotAvailable);
        }

        var listener = new SimulatedStreamListener(host, backlog);
        listener.SetLocal(address, _ports.Take(port, listener));
        return listener;
    }

    /// <summary>Begins a handshake.</summary>
    /// <exception cref="SocketException">All ports are in use, or the host is down.</exception>
    public TcpConnection Connect(uint address, ushort port)
    {
        ThrowIfDown();
        var own = _ports.Take(0, this);
        var connection = new TcpConnection(host, (host.SourceFor(address), own), (address, port));
        _connections.Add(connection.TableKey, connection);
        connection.Connect();
        return connection;
    }

    public void Arrive(SimulatedPacket packet)
    {
        if (packet.IsDamaged)
        {
            packet.Link.Lose(packet, NetworkFault.Corrupt);
            return;
        }

        host.Network.Tracer.Packet(NetworkEventKind.Delivered, packet);
        var key = TcpConnection.Key(packet.SourceAddress, packet.SourcePort, packet.DestinationPort);
        if (_connections.TryGetValue(key, out var connection))
        {
            connection.Arrive(packet);
        }
        else if (!TryWelcome(packet))
        {
            Refuse(packet, key);
        }

        host.Network.Packets.Return(packet);
    }

    public void Remove(TcpConnection connection)
    {
        _connections.Remove(connection.TableKey);
        if (connection.Listener is null)
        {
            _ports.Release(connection.LocalPort, this);
        }
    }

    public void Close(SimulatedStreamListener listener) => _ports.Release(listener.Port, listener);

    /// <summary>Keeps what is needed to answer a peer that has not heard our last acknowledgment (TIME-WAIT).</summary>
    public void Remember(TcpConnection connection, uint expected, uint next)
    {
        if (_timeWait.Count >= MaxRemembered)
        {
            _timeWait.Clear();
        }

        _timeWait[connection.TableKey] = (host.Network.Loop.NowTicks + TimeWait.Ticks, expected, next);
    }

    /// <summary>A device on the way resets a connection: this end believes it.</summary>
    public void Break(ushort ownPort, uint address, ushort port)
    {
        if (_connections.TryGetValue(TcpConnection.Key(address, port, ownPort), out var connection))
        {
            connection.Die(connection.State == TcpState.SynSent
                ? SocketError.ConnectionRefused
                : SocketError.ConnectionReset);
        }
    }

    public void Crash()
    {
        foreach (var connection in Connections.ToArray())
        {
            connection.Die(SocketError.NetworkDown);
        }

        foreach (var listener in Listeners.ToArray())
        {
            listener.Die();
        }

        _ports.Clear();
        _timeWait.Clear();
    }

    private bool TryWelcome(SimulatedPacket packet)
    {
        if ((packet.Flags & (TcpFlags.Syn | TcpFlags.Ack)) != TcpFlags.Syn
            || _ports.Find(packet.DestinationPort) is not SimulatedStreamListener listener
            || !listener.Hears(packet.DestinationAddress))
        {
            return false;
        }

        if (!listener.TryWelcome())
        {
            // As Linux does: the peer tries again, and so its attempt hangs for as long as the backlog is full.
            host.Network.Tracer.Packet(NetworkEventKind.Dropped, packet, NetworkFault.ReceiverFull);
            return true;
        }

        var connection = new TcpConnection(
            host,
            (packet.DestinationAddress, packet.DestinationPort),
            (packet.SourceAddress, packet.SourcePort))
        {
            Listener = listener,
        };
        _connections.Add(connection.TableKey, connection);
        _timeWait.Remove(connection.TableKey);
        connection.Welcome(packet);
        return true;
    }

    /// <summary>
    /// Nobody knows of that connection: a reset, but never as the answer to one (RFC 9293, 3.10.7.1).
    /// </summary>
    private void Refuse(SimulatedPacket packet, ulong key)
    {
        if ((packet.Flags & TcpFlags.Rst) != 0)
        {
            return;
        }

        var answer = host.Network.Packets.Rent();
        answer.Protocol = NetworkProtocol.Tcp;
        (answer.SourceAddress, answer.SourcePort) = (packet.DestinationAddress, packet.DestinationPort);
        (answer.DestinationAddress, answer.DestinationPort) = (packet.SourceAddress, packet.SourcePort);
        var length = (uint)packet.Length + ((packet.Flags & TcpFlags.Syn) != 0 ? 1u : 0)
            + ((packet.Flags & TcpFlags.Fin) != 0 ? 1u : 0);
        if (_timeWait.TryGetValue(key, out var last) && last.UntilTicks > host.Network.Loop.NowTicks)
        {
            answer.Flags = TcpFlags.Ack;
            (answer.SequenceNumber, answer.AcknowledgmentNumber) = (last.Next, last.Expected);
            if ((packet.Flags & TcpFlags.Fin) == 0)
            {
                host.Network.Packets.Return(answer);
                return;
            }
        }
        else if ((packet.Flags & TcpFlags.Ack) != 0)
        {
            (answer.Flags, answer.SequenceNumber) = (TcpFlags.Rst, packet.AcknowledgmentNumber);
            answer.AcknowledgmentNumber = 0;
        }
        else
        {
            (answer.Flags, answer.SequenceNumber) = (TcpFlags.Rst | TcpFlags.Ack, 0);
            answer.AcknowledgmentNumber = packet.SequenceNumber + length;
        }

        answer.WindowBytes = 0;
        host.Send(answer);
    }

    private void ThrowIfDown()
    {
        if (!host.IsUp)
        {
            throw new SocketException((int)SocketError.NetworkDown);
        }
    }
}
