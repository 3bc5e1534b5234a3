using System.Net;
using System.Net.Sockets;
using Transports.Tests.Datagrams;

namespace Transports.Tests.Reactor;

/// <summary>Replies of connections that are ready together, where what comes next is in their way.</summary>
public sealed class ReactorGatherTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ManualResetEventSlim _gotReply = new();
    private readonly Socket _first = NewSocket();
    private readonly Socket _second = NewSocket();

    /// <summary>
    /// The first reply is gathered when the handler of the second message begins to wait, until the first peer has its
    /// reply: so the next leader has to send it.
    /// </summary>
    [LinuxFact]
    public async Task Reply_BeforeAHandlerThatBlocks_IsSentByTheNextLeader()
    {
        await using var listener = await ListenAsync(text =>
        {
            if (text == "wait")
            {
                Assert.True(_gotReply.Wait(Patience));
            }
        });
        using var opening = await OpenAsync(listener);

        await opening.SendAsync("both\n"u8.ToArray());

        await ReadAsync(_first, "first\n".Length);
        _gotReply.Set();
        await ReadAsync(_second, "wait\n".Length);
    }

    /// <summary>Its peer gets the reply before the end of the stream, also when both are due at once.</summary>
    [LinuxFact]
    public async Task Reply_ToAPeerThatHasEnded_ComesBeforeTheEnd()
    {
        await using var listener = await ListenAsync(_ => { });
        using var opening = await OpenAsync(listener);

        await opening.SendAsync("end\n"u8.ToArray());

        await ReadAsync(_first, "first\n".Length);
        Assert.Equal(0, await _first.ReceiveAsync(new byte[1].AsMemory()).Soon());
        await ReadAsync(_second, "wait\n".Length);
    }

    public void Dispose()
    {
        _gotReply.Dispose();
        _first.Dispose();
        _second.Dispose();
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private static async Task ReadAsync(Socket socket, int count)
    {
        for (var received = 0; received < count;)
        {
            var more = await socket.ReceiveAsync(new byte[count - received].AsMemory()).Soon();
            Assert.NotEqual(0, more);
            received += more;
        }
    }

    /// <summary>
    /// Sends for both peers while the reactor's only thread is in a handler, so that they are ready together.
    /// </summary>
    private async Task<IListener> ListenAsync(Action<string> onMessage)
    {
        var transport = new TcpTransport(
            new TcpTransportOptions { Driver = TransportDriver.Reactor, ReactorThreads = 1 });
        return await transport.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), MessageHandler.FromText(text =>
        {
            if (text is "both" or "end")
            {
                _first.Send("first\n"u8);
                _second.Send("wait\n"u8);
                if (text == "end")
                {
                    _first.Shutdown(SocketShutdown.Send);
                }
            }

            onMessage(text);
            return text;
        }));
    }

    /// <summary>Connects both peers, and the one that starts them.</summary>
    private async Task<Socket> OpenAsync(IListener listener)
    {
        var opening = NewSocket();
        foreach (var socket in (Socket[])[_first, _second, opening])
        {
            await socket.ConnectAsync(listener.LocalEndPoint);
            await socket.SendAsync("hello\n"u8.ToArray());
            await ReadAsync(socket, "hello\n".Length);
        }

        return opening;
    }
}
