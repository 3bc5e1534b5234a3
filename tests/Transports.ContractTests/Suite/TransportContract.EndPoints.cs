using System.Net;

namespace Transports.ContractTests;

/// <summary>Endpoints: where one may listen, and what happens where nobody does.</summary>
public abstract partial class TransportContract
{
    [Fact]
    public async Task Listen_PortZeroOrName_TellsWhereItReallyListens()
    {
        var transport = CreateTransport();
        var asked = _harness.NewEndPoint();

        var listener = await ListenAsync(transport, Echo, asked);

        if (asked is IPEndPoint ip)
        {
            Assert.Equal(0, ip.Port);
            Assert.NotEqual(0, Assert.IsType<IPEndPoint>(listener.LocalEndPoint).Port);
        }
        else
        {
            Assert.Equal(asked.ToString(), listener.LocalEndPoint.ToString());
        }

        await AssertEchoesAsync(await ConnectAsync(transport, listener.LocalEndPoint));
    }

    [Fact]
    public async Task Listen_WhereSomebodyListens_ThrowsAddressInUse()
    {
        var running = await StartAsync(Echo);

        await Assert.ThrowsAsync<AddressInUseException>(
            () => running.Transport.ListenAsync(running.EndPoint, Echo).Soon());

        await AssertEchoesAsync(running.Client);
        await AssertEchoesAsync(await ConnectAsync(running.Transport, running.EndPoint));
    }

    [Fact]
    public async Task Listen_TwiceOnOneTransport_ListenersAreIndependent()
    {
        var transport = CreateTransport();
        var first = await ListenAsync(transport, MessageHandler.FromText(_ => "first"));
        var second = await ListenAsync(transport, MessageHandler.FromText(_ => "second"));
        Assert.NotEqual(first.LocalEndPoint.ToString(), second.LocalEndPoint.ToString());
        var client = await ConnectAsync(transport, second.LocalEndPoint);

        Assert.Equal("first"u8.ToArray(), await AskAsync(await ConnectAsync(transport, first.LocalEndPoint), [1]));
        await first.StopAsync().Soon();

        Assert.Equal("second"u8.ToArray(), await AskAsync(client, [1]));
    }

    [Fact]
    public async Task Connect_NobodyListens_FailsOrSurvivesUntilSomebodyDoes()
    {
        var running = await StartAsync(Echo);
        var endPoint = running.EndPoint;
        await running.Client.DisposeAsync().Soon();
        await running.Listener.StopAsync().Soon();
        if (Capabilities.IsConnectionOriented)
        {
            await Assert.ThrowsAsync<ConnectionFailedException>(() => running.Transport.ConnectAsync(endPoint).Soon());
            return;
        }

        var client = await ConnectAsync(running.Transport, endPoint);
        await client.SendAsync(Pattern(10)).Soon();
        await client.SendAsync(Pattern(10)).Soon();
        await ListenAsync(running.Transport, Echo, endPoint);

        await AssertAnsweredInTheEndAsync(client);
    }

    [Fact]
    public async Task Connect_AfterTheListenerStopped_Fails()
    {
        var running = await StartAsync(Echo);
        await AssertEchoesAsync(running.Client);

        await running.Listener.StopAsync().Soon();

        if (Capabilities.IsConnectionOriented)
        {
            await Assert.ThrowsAsync<ConnectionFailedException>(
                () => running.Transport.ConnectAsync(running.EndPoint).Soon());
        }
        else
        {
            // There is nothing to connect: sending to nobody is no error of the sender.
            var client = await ConnectAsync(running.Transport, running.EndPoint);
            await client.SendAsync(Pattern(10)).Soon();
            Assert.False(client.Completion.IsCompleted);
        }
    }

    [Fact]
    public async Task EndPoint_OfAnotherKind_IsRefusedAsArgument()
    {
        var transport = CreateTransport();

        await Assert.ThrowsAnyAsync<ArgumentException>(
            () => transport.ListenAsync(_harness.ForeignEndPoint(), Echo).Soon());
        await Assert.ThrowsAnyAsync<ArgumentException>(() => transport.ConnectAsync(_harness.ForeignEndPoint()).Soon());
    }

    [Fact]
    public async Task Arguments_Null_AreRefused()
    {
        var transport = CreateTransport();

        await Assert.ThrowsAsync<ArgumentNullException>(async () => await transport.ListenAsync(null!, Echo));
        await Assert.ThrowsAsync<ArgumentNullException>(
            async () => await transport.ListenAsync(_harness.NewEndPoint(), null!));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await transport.ConnectAsync(null!));
    }

    [Fact]
    public async Task Connect_ManyAtOnce_AllAreServed()
    {
        var running = await StartAsync(Echo);

        var clients = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => ConnectAsync(running.Transport, running.EndPoint)));

        await Task.WhenAll(clients.Select(AssertEchoesAsync));
    }
}
