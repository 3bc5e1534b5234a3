using System.Net;
using System.Net.Sockets;
using Transports.Tests.Datagrams;

namespace Transports.Tests.Reactor;

public class ReactorByteStreamTests
{
    /// <summary>So many waits in a row surely hold one at which the others get their turn.</summary>
    private const int Waits = 16;
    private const int Rounds = 20;

    [LinuxFact]
    public async Task Dispose_Twice_ClosesNobodyElsesDescriptor()
    {
        using var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();

        // Others may take the number in between; one round in which nobody did is enough.
        for (var round = 0; round < Rounds; round++)
        {
            var reactor = ReactorGroup.Get(1).Next();
            var stream = await ReactorConnector.ConnectAsync(
                listening.LocalEndPoint!, new TcpTransportOptions(), reactor, CancellationToken.None);
            await stream.DisposeAsync();
            using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

            await stream.DisposeAsync();

            stranger.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        }
    }

    [LinuxFact]
    public async Task WaitForData_OfAStoppedStream_EndsAlsoWhereTheOthersGetTheirTurn()
    {
        using var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        await using var stream = await ReactorConnector.ConnectAsync(
            listening.LocalEndPoint!, new TcpTransportOptions(), ReactorGroup.Get(1).Next(), CancellationToken.None);

        ((IStopsReceiving)stream).StopReceiving();
        Assert.False(((IStopsReceiving)stream).TryReceive(new byte[16], out _));

        for (var wait = 0; wait < Waits; wait++)
        {
            await stream.WaitForDataAsync(CancellationToken.None).AsTask().Soon();
        }
    }
}
