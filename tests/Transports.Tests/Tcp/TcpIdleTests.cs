using System.Net;
using Transports.Testing;
using Transports.Tests.Datagrams;
using Transports.Tests.Reactor;

namespace Transports.Tests.Tcp;

public class TcpIdleTests
{
    private const int Rounds = 30;

    /// <summary>
    /// Many times, as it is a matter of order: what a connection was told of may have been received already.
    /// </summary>
    [LinuxTheory]
    [InlineData(TransportDriver.Reactor)]
    [InlineData(TransportDriver.Portable)]
    public async Task Connections_ThatHaveSpokenAndAreSilent_HoldNoBuffer(TransportDriver driver)
    {
        var pool = new CountingBufferPool();
        var transport = new TcpTransport(new TcpTransportOptions { Driver = driver, BufferPool = pool });
        await using var listener = await transport.ListenAsync(
            new IPEndPoint(IPAddress.Loopback, 0),
            MessageHandler.Create((context, token) => context.ReplyAsync(context.Payload.Span, token)));
        for (var round = 0; round < Rounds; round++)
        {
            await using var client = await transport.ConnectAsync(listener.LocalEndPoint);
            await client.SendAsync("hello");
            await client.ReceiveAsync().AsTask().Soon();

            // What was received is the receiver's until it asks for more.
            var next = client.ReceiveAsync().AsTask();

            await pool.WhenAllReturnedAsync();
            await client.DisposeAsync();
            await Assert.ThrowsAsync<ConnectionClosedException>(() => next.Soon());
        }
    }
}
