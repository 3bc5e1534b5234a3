using System.Net;
using System.Net.Sockets;

namespace Transports.Tests.Reactor;

/// <summary>What is special about the reactor driver; the contract suite has the rest.</summary>
public class ReactorTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A closed descriptor's number soon is another connection's: an abort that came late used to reset that one.
    /// </summary>
    [LinuxFact]
    public async Task Abort_OfAConnectionThatHasEnded_LeavesTheNextOneAlone()
    {
        var transport = Create();
        await using var listener = await transport.ListenAsync(AnyPort, MessageHandler.FromText(text => text));
        var ended = new List<IConnection>();
        for (var i = 0; i < 100; i++)
        {
            var connection = await transport.ConnectAsync(listener.LocalEndPoint);
            ended.ForEach(old => old.Abort());
            await connection.SendAsync("alive");
            Assert.Equal("alive", await connection.ReceiveTextAsync().AsTask().WaitAsync(Patience));
            await connection.DisposeAsync();
            ended.Add(connection);
        }
    }

    [LinuxFact]
    public void UdpSocket_ThatCannotBeWatched_IsClosed()
    {
        var reactor = ReactorGroup.Get(1).Next();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(AnyPort);
        var bound = socket.LocalEndPoint!;
        var descriptor = (int)socket.Handle;

        // No descriptor can be in an epoll set twice.
        var key = reactor.Add(descriptor, LibC.EpollIn, new Target());
        Assert.Throws<TransportException>(
            () => new ReactorUdpChannel(socket, remote: null, new UdpTransportOptions(), reactor));
        reactor.Remove(key);

        Assert.True(socket.SafeHandle.IsClosed);
        using var next = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        next.Bind(bound);
    }

    [LinuxFact]
    public async Task Handler_ThatBlocksItsThread_DoesNotStopTheOthers()
    {
        using var release = new ManualResetEventSlim();
        var blocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var transport = Create();
        await using var listener = await transport.ListenAsync(AnyPort, MessageHandler.FromText(text =>
        {
            if (text == "block")
            {
                blocked.SetResult();
                release.Wait(Patience);
            }

            return text;
        }));
        await using var stuck = await transport.ConnectAsync(listener.LocalEndPoint);
        await stuck.SendAsync("block");
        await blocked.Task.WaitAsync(Patience);

        await using var other = await transport.ConnectAsync(listener.LocalEndPoint);
        for (var i = 0; i < 100; i++)
        {
            await other.SendAsync("ping");
            Assert.Equal("ping", await other.ReceiveTextAsync().AsTask().WaitAsync(Patience));
        }

        Assert.False(release.IsSet);
        release.Set();
        Assert.Equal("block", await stuck.ReceiveTextAsync().AsTask().WaitAsync(Patience));
    }

    [LinuxFact]
    public async Task Flood_FromOneConnection_LeavesTurnsForOthers()
    {
        const int Messages = 20_000;
        var transport = Create();
        await using var listener = await transport.ListenAsync(AnyPort, MessageHandler.FromText(text => text));
        await using var flood = await transport.ConnectAsync(listener.LocalEndPoint);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Messages; i++)
            {
                await flood.SendAsync("flood");
            }
        });
        var receiving = Task.Run(async () =>
        {
            for (var i = 0; i < Messages; i++)
            {
                Assert.Equal("flood", await flood.ReceiveTextAsync());
            }
        });
        await using var other = await transport.ConnectAsync(listener.LocalEndPoint);
        for (var i = 0; i < 100; i++)
        {
            await other.SendAsync("ping");
            Assert.Equal("ping", await other.ReceiveTextAsync().AsTask().WaitAsync(Patience));
        }

        await Task.WhenAll(sending, receiving).WaitAsync(Patience);
    }

    /// <summary>The layout differs by architecture, and nothing but the kernel would notice a wrong one.</summary>
    [LinuxFact]
    public unsafe void EpollEvent_WrittenAndRead_IsTheSame()
    {
        var entry = stackalloc byte[16];
        EpollEvent.Write(entry, LibC.EpollIn | LibC.EpollEdge, 0x0123_4567_89AB_CDEF);

        Assert.Equal(LibC.EpollIn | LibC.EpollEdge, EpollEvent.Events(entry));
        Assert.Equal(0x0123_4567_89AB_CDEFul, EpollEvent.Data(entry));
        Assert.Contains(EpollEvent.Bytes, (int[])[12, 16]);
    }

    [Fact]
    public void ReactorTable_KeyOfATargetThatIsGone_FindsNothing()
    {
        var table = new ReactorTable();
        var (first, second) = (new Target(), new Target());
        var old = table.Add(first);
        Assert.Same(first, table.Find(old));

        table.Remove(old);
        var next = table.Add(second);

        Assert.Null(table.Find(old));
        Assert.Same(second, table.Find(next));
        table.Remove(old);
        Assert.Same(second, table.Find(next));
        Assert.Equal(1, table.Count);
    }

    [Fact]
    public void Driver_Portable_IsAlwaysToBeHad() =>
        Assert.True(new TcpTransport(new TcpTransportOptions { Driver = TransportDriver.Portable })
            .Capabilities.IsOrdered);

    private static TcpTransport Create() =>
        new(new TcpTransportOptions { Driver = TransportDriver.Reactor, ReactorThreads = 1 });

    private sealed class Target : IReactorTarget
    {
        public void OnReady(uint events) => Assert.NotEqual(0u, events);
    }
}
