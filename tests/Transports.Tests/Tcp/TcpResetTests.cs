using System.Net.Security;
using System.Net.Sockets;
using Transports.ContractTests;
using Transports.Tests.Datagrams;
using Transports.Tests.Reactor;
using Xunit.Abstractions;

namespace Transports.Tests.Tcp;

/// <summary>Peers that reset in whatever state they are; a well-behaved client gets every answer.</summary>
[Collection(SerialTests.Name)]
public sealed class TcpResetTests(ITestOutputHelper output)
{
    private const int Peers = 200;

    public enum State
    {
        BeforeTheFirstByte,
        InAFrame,
        RepliesUnderWay,
        HandlerWaits,
        InTheHandshake,
        Drain,
    }

    public static TheoryData<TransportDriver, State> Cases
    {
        get
        {
            var cases = new TheoryData<TransportDriver, State>();
            foreach (var state in Enum.GetValues<State>())
            {
                cases.Add(TransportDriver.Reactor, state);
                cases.Add(TransportDriver.Portable, state);
            }

            return cases;
        }
    }

    [LinuxTheory]
    [MemberData(nameof(Cases))]
    public async Task Reset_InAnyState_LeavesNothingBehindAndAClientItsAnswers(TransportDriver driver, State state)
    {
        await using var server = await HostileServer.StartAsync(Options(driver, state), output);
        await using var client = server.NewClient();
        Assert.Equal("before", await client.RequestAsync("before"));
        await server.WhenConnectedAsync(1);
        var pending = client.RequestAsync("wait for it").AsTask();
        await server.WhenWaitingAsync(1);

        var peers = new List<Socket>();
        for (var i = 0; i < Peers; i++)
        {
            peers.Add(await server.ConnectAsync());
            await BringToAsync(state, peers[i]);
        }

        await WhenThereAsync(server, state);
        server.Held.Measure();
        var stopping = state == State.Drain ? server.Listener.StopAsync().AsTask() : Task.CompletedTask;
        peers.ForEach(HostileServer.Reset);
        server.Release();

        Assert.Equal("wait for it", await pending.WaitAsync(HostileServer.Patience));
        await stopping.WaitAsync(HostileServer.Patience);
        if (state != State.Drain)
        {
            Assert.Equal("after", await client.RequestAsync("after"));
        }

        await server.EndAsync($"{Peers} connections, reset: {state}");
    }

    private static TcpTransportOptions Options(TransportDriver driver, State state)
    {
        var options = new TcpTransportOptions { Driver = driver };
        if (state == State.InTheHandshake)
        {
            options.ServerTls = new SslServerAuthenticationOptions { ServerCertificate = TestCertificates.Localhost };
            options.ClientTls = new SslClientAuthenticationOptions { CertificateChainPolicy = TestCertificates.Trust };
        }

        return options;
    }

    private static async Task BringToAsync(State state, Socket peer)
    {
        switch (state)
        {
            case State.InAFrame:
                await peer.SendAsync("whole\nhalf a li"u8.ToArray());
                Assert.True(await peer.ReceiveAsync(new byte[6]).WaitAsync(HostileServer.Patience) > 0);
                break;
            case State.RepliesUnderWay:
                // The replies to this are 100 KB: of them one byte is taken.
                await peer.SendAsync(Enumerable.Repeat((byte[])[.. new byte[999], (byte)'\n'], 100)
                    .SelectMany(line => line).ToArray());
                Assert.Equal(1, await peer.ReceiveAsync(new byte[1]).WaitAsync(HostileServer.Patience));
                break;
            case State.HandlerWaits or State.Drain:
                await peer.SendAsync("wait\n"u8.ToArray());
                break;
            case State.InTheHandshake:
                // A record of a ClientHello of 512 bytes, of which there is one.
                await peer.SendAsync((byte[])[0x16, 0x03, 0x01, 0x02, 0x00, 0x01]);
                break;
            default:
                break;
        }
    }

    private static Task WhenThereAsync(HostileServer server, State state) => state switch
    {
        State.HandlerWaits or State.Drain => server.WhenWaitingAsync(Peers),
        State.InTheHandshake => Task.CompletedTask,
        _ => server.WhenConnectedAsync(Peers),
    };
}
