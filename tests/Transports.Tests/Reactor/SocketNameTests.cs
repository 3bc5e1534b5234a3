using System.Net;
using System.Net.Sockets;
using Transports.Tests.Datagrams;

namespace Transports.Tests.Reactor;

public class SocketNameTests
{
    [LinuxTheory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("fe80::1%3", "fe80::1%3")]
    public void ReadAddress_AsTheSystemWritesIt_IsWhatUsersSee(string written, string seen)
    {
        var name = Name(written, 4711);

        Assert.Equal(IPAddress.Parse(seen), SocketName.ReadAddress(name, likely: null));
        Assert.Equal(4711, SocketName.ReadPort(name));
    }

    [LinuxTheory]
    [InlineData("192.0.2.1", true)]
    [InlineData("::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.2", false)]
    [InlineData("2001:db8::1", false)]
    public void ReadAddress_OfTheOneBefore_IsShared(string written, bool isShared)
    {
        var before = IPAddress.Parse("192.0.2.1");

        var address = SocketName.ReadAddress(Name(written, 1), before);

        Assert.Equal(isShared, ReferenceEquals(before, address));
        Assert.Equal(isShared, before.Equals(address));
    }

    [LinuxFact]
    public async Task RemoteEndPoint_OfAnAcceptedStream_IsOneObjectHoweverOftenItIsAsked()
    {
        using var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await using var listener = new ReactorByteStreamListener(
            listening, new TcpTransportOptions(), ReactorGroup.Get(1));
        client.Connect(listening.LocalEndPoint!);
        await using var stream = await listener.AcceptAsync(CancellationToken.None).AsTask().Soon();

        var asked = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => stream.RemoteEndPoint)));

        Assert.All(asked, endPoint => Assert.Same(asked[0], endPoint));
        Assert.Equal(client.LocalEndPoint, asked[0]);
        Assert.Equal(IPAddress.Loopback, stream.RemoteAddress);
    }

    private static byte[] Name(string address, int port)
    {
        var name = new IPEndPoint(IPAddress.Parse(address), port).Serialize();
        return name.Buffer[..name.Size].ToArray();
    }
}
