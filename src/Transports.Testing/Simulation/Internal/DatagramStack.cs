using System.Net;
using System.Net.Sockets;

namespace Transports.Testing;

/// <summary>UDP on one host (RFC 768). For the loop's thread.</summary>
internal sealed class DatagramStack(SimulatedHost host)
{
    private readonly PortTable<SimulatedDatagramChannel> _ports = new(host.Network.Options);

    public IEnumerable<SimulatedDatagramChannel> Channels => _ports.Owners;

    /// <exception cref="SocketException">The port is in use, or the host is down.</exception>
    public SimulatedDatagramChannel Open(uint address, int port, IPEndPoint? remote, int receiveBufferBytes)
    {
        if (!host.IsUp)
        {
            throw new SocketException((int)SocketError.NetworkDown);
        }

        if (!host.IsOwn(address))
        {
            throw new SocketException((int)SocketError.AddressNotAvailable);
        }

        var channel = new SimulatedDatagramChannel(host, this, remote, receiveBufferBytes);
        channel.SetLocal(address, _ports.Take(port, channel));
        return channel;
    }

    public void Close(SimulatedDatagramChannel channel) => _ports.Release(channel.Port, channel);

    public void Arrive(SimulatedPacket packet)
    {
        if (_ports.Find(packet.DestinationPort) is not { } channel || !channel.Hears(packet))
        {
            Refuse(packet);
        }
        else if (channel.TryTake(packet, out var isWaited))
        {
            host.Network.Tracer.Packet(NetworkEventKind.Delivered, packet);
            channel.Deliver(packet, isWaited);
        }
        else
        {
            packet.Link.Lose(packet, NetworkFault.ReceiverFull);
        }
    }

    public void Crash()
    {
        foreach (var channel in Channels.ToArray())
        {
            channel.Close();
        }

        _ports.Clear();
    }

    /// <summary>Nobody listens: ICMP says so (RFC 1122, 4.1.3.1) to a sender whose socket is connected.</summary>
    private void Refuse(SimulatedPacket packet)
    {
        var (source, peer) = (packet.Link.Source, packet.Link.Destination);
        var (port, address, peerPort) = (packet.SourcePort, packet.DestinationAddress, packet.DestinationPort);
        packet.Link.Lose(packet, NetworkFault.PortUnreachable);
        host.Network.Link(peer, source).SendError(() =>
        {
            if (source.IsUp && source.Datagrams._ports.Find(port) is { } sender)
            {
                sender.Report(address, peerPort);
            }
        });
    }
}
