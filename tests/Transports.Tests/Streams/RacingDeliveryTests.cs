namespace Transports.Tests.Streams;

public class RacingDeliveryTests
{
    private const int Messages = 20_000;

    [Fact]
    public async Task Handler_ThatEndsJustAfterItHadToWait_GetsTheRestOfTheBatch()
    {
        var transport = new InMemoryTransport();
        var endPoint = new InMemoryEndPoint(nameof(RacingDeliveryTests));
        await using var listener = await transport.ListenAsync(endPoint, new YieldingHandler());
        await using var connection = await transport.ConnectAsync(endPoint);
        using var patience = new CancellationTokenSource(ScriptedTransport.Patience);

        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Messages; i++)
            {
                await connection.SendAsync(BitConverter.GetBytes(i | 0x40404040), patience.Token);
            }
        });
        for (var i = 0; i < Messages; i++)
        {
            var reply = await connection.ReceiveAsync(patience.Token);
            Assert.Equal(i | 0x40404040, BitConverter.ToInt32(reply.Span));
        }

        await sending;
    }

    private sealed class YieldingHandler : IMessageHandler
    {
        public async ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken)
        {
            await Task.Yield();
            await context.ReplyAsync(context.Payload.Span, cancellationToken);
        }
    }
}
