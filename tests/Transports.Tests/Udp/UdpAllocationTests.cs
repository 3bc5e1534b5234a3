using System.Net;
using Transports.Tests.Datagrams;

namespace Transports.Tests.Udp;

[Collection(SerialTests.Name)]
public class UdpAllocationTests
{
    private const int Warm = 10_000;
    private const int Measured = 100_000;
    private const int InFlight = 16;

    [Fact]
    public async Task Messages_OverLoopback_CostNoAllocation()
    {
        var transport = new UdpTransport(new UdpTransportOptions());
        var handled = 0;
        var thread = 0;
        using var before = new ThreadLocal<long>();
        long onTheServer = 0;
        await using var listener = await transport.ListenAsync(
            new IPEndPoint(IPAddress.Loopback, 0),
            MessageHandler.Create((context, token) =>
            {
                // One thread handles all, or another from when it is slow: what each allocates from one message to the
                // next is exactly known.
                var now = GC.GetAllocatedBytesForCurrentThread();
                var current = Environment.CurrentManagedThreadId;
                var wasHere = Interlocked.Exchange(ref thread, current) == current;
                if (Interlocked.Increment(ref handled) > Warm && wasHere)
                {
                    Interlocked.Add(ref onTheServer, now - before.Value);
                }

                before.Value = now;
                return context.ReplyAsync(context.Payload.Span, token);
            }));
        await using var client = await transport.ConnectAsync(listener.LocalEndPoint);
        var message = new byte[32];
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));

        await ExchangeAsync(Warm);
        var total = GC.GetTotalAllocatedBytes(precise: true);
        await ExchangeAsync(Measured);
        total = GC.GetTotalAllocatedBytes(precise: true) - total;

        // Nothing per message; the pools may rearrange themselves now and then.
        Assert.InRange(onTheServer, 0, Measured / 100);

        // The rest of the process is the client, the runtime's pools and the test runner. The smallest object has 24
        // bytes: one for each message, or for every second, would show.
        Assert.InRange(total, 0, 8 * Measured);

        async Task ExchangeAsync(int messages)
        {
            for (var done = 0; done < messages; done += InFlight)
            {
                for (var index = 0; index < InFlight; index++)
                {
                    await client.SendAsync(message);
                }

                for (var index = 0; index < InFlight; index++)
                {
                    await client.ReceiveAsync(patience.Token);
                }
            }
        }
    }
}
