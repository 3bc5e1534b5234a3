using System.Net;

namespace Transports.Tests.Datagrams;

public class DatagramShardTests
{
    [Fact]
    public async Task Listen_OneShardCannotBeHad_ClosesTheOthers()
    {
        FakeChannel[] channels = [new(), new()];
        var transport = new HalfBoundTransport(channels);

        await Assert.ThrowsAsync<AddressInUseException>(
            async () => await transport.ListenAsync(channels[0].LocalEndPoint, Handlers.Echo));

        Assert.Equal([1, 1], channels.Select(channel => channel.Disposals));
    }

    private sealed class HalfBoundTransport(FakeChannel[] channels) : DatagramTransport("half", new FakeOptions())
    {
        protected override ValueTask<DatagramChannel> BindAsync(
            EndPoint localEndPoint, CancellationToken cancellationToken) => new(channels[0]);

        protected override ValueTask<DatagramChannel> OpenAsync(
            EndPoint remoteEndPoint, CancellationToken cancellationToken) => throw new NotSupportedException();

        private protected override void BindOtherShards(ICollection<DatagramChannel> bound)
        {
            bound.Add(channels[1]);
            throw new AddressInUseException("No more of them.");
        }
    }
}
