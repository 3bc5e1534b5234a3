using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace Transports.Operations.Tests.Telemetry;

/// <summary>Lets the library do all that it measures.</summary>
internal static class Exercise
{
    private static readonly IPEndPoint Loopback = new(IPAddress.Loopback, 0);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(Func<string, bool> hasMeasured)
    {
        await ServeAsync(hasMeasured);
        await LimitAsync(hasMeasured);
        await FailAHandshakeAsync();
        await using var failing = await new FailingTransport().ListenAsync(Loopback, MessageHandler.FromText(x => x));
        await SendToNobodyAsync(hasMeasured);
        await OverflowAsync(hasMeasured);

        // Some is measured a moment after its peer has noticed.
        await UntilAsync(hasMeasured, "transports.accept.errors", Yield);
        await UntilAsync(hasMeasured, "transports.handshakes.failed", Yield);
    }

    private static async ValueTask Yield() => await Task.Yield();

    /// <summary>Messages that are answered, and some that are fatal, over streams and datagrams.</summary>
    private static async Task ServeAsync(Func<string, bool> hasMeasured)
    {
        await using var server = TransportServer.Create("telemetry", server => server
            .ListenTcp(Loopback)
            .ListenUdp(Loopback)
            .Overload()
            .Handle((context, token) => context.Payload.Span.SequenceEqual("fault"u8)
                ? throw new InvalidOperationException("asked to")
                : context.ReplyAsync(context.Payload.Span, token)));
        await server.StartAsync();
        foreach (var listener in server.Listeners)
        {
            await using var client = await listener.Transport.ConnectAsync(listener.LocalEndPoint);
            await client.SendAsync("hello");
            Assert.Equal("hello", await client.ReceiveTextAsync().AsTask().WaitAsync(Limit));
            await client.SendAsync("fault");
            if (listener.Transport.Capabilities.IsConnectionOriented)
            {
                await client.Completion.WaitAsync(Limit);
            }
            else
            {
                await UntilAsync(hasMeasured, "transports.messages.dropped", () => client.SendAsync("fault"));
            }
        }
    }

    private static async Task LimitAsync(Func<string, bool> hasMeasured)
    {
        await using var server = TransportServer.Create("limited", server => server
            .ListenInMemory("limited")
            .UseRateLimit(limits => limits.LimitEachPeer(messagesPerSecond: 1, burst: 1))
            .Handle(MessageHandler.FromText(text => text)));
        await server.StartAsync();
        var listener = server.Listeners[0];
        await using var client = await listener.Transport.ConnectAsync(listener.LocalEndPoint);
        await UntilAsync(hasMeasured, "transports.messages.limited", () => client.SendAsync("too many"));
    }

    private static async Task FailAHandshakeAsync()
    {
        var proxied = new TcpTransportOptions { TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] };
        await using var listener = await new TcpTransport(proxied)
            .ListenAsync(Loopback, MessageHandler.FromText(x => x));
        using var socket = new TcpClient();
        await socket.ConnectAsync((IPEndPoint)listener.LocalEndPoint);
        await socket.GetStream().WriteAsync("no header of a proxy\r\n"u8.ToArray());
        try
        {
            await socket.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Limit);
        }
        catch (IOException)
        {
            // Reset, as it should be.
        }
    }

    /// <summary>What comes back from a port where nobody listens is a receive that failed.</summary>
    private static async Task SendToNobodyAsync(Func<string, bool> hasMeasured)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(Loopback);
        var nobody = socket.LocalEndPoint!;
        socket.Close();
        await using var client = await new UdpTransport(new UdpTransportOptions()).ConnectAsync(nobody);
        await UntilAsync(hasMeasured, "transports.receive.errors", () => client.SendAsync("anybody?"));
    }

    /// <summary>A handler that blocks holds up its socket, and the system's buffer runs over.</summary>
    private static async Task OverflowAsync(Func<string, bool> hasMeasured)
    {
        using var isLetGo = new ManualResetEventSlim();
        using var isHeld = new ManualResetEventSlim();
        var transport = new UdpTransport(new UdpTransportOptions { ReceiveBufferBytes = 4096 });
        await using var listener = await transport.ListenAsync(Loopback, MessageHandler.Create((_, token) =>
        {
            isHeld.Set();
            isLetGo.Wait(Limit, token);
            return default;
        }));
        await using var client = await transport.ConnectAsync(listener.LocalEndPoint);
        await client.SendAsync("hold");
        Assert.True(isHeld.Wait(Limit));
        for (var i = 0; i < 1000; i++)
        {
            await client.SendAsync(new byte[1000]);
        }

        isLetGo.Set();
        await UntilAsync(hasMeasured, "transports.udp.receive_overflows", () => client.SendAsync("more"));
    }

    private static async Task UntilAsync(Func<string, bool> hasMeasured, string metric, Func<ValueTask> act)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!hasMeasured(metric))
        {
            Assert.False(limit.IsCancellationRequested, $"{metric} was not measured.");
            try
            {
                await act();
            }
            catch (TransportException)
            {
                // May be told at once.
            }
        }
    }
}
