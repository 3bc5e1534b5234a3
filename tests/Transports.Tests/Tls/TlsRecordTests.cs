using System.Net.Security;
using Transports.Testing;

namespace Transports.Tests.Tls;

/// <summary>Peers that send whole messages in records of TLS that they never, or hardly, finish.</summary>
public class TlsRecordTests : TlsTestBase
{
    /// <summary>Type, version, and the length of a record of application data: 16 KiB, the most there is.</summary>
    private static readonly byte[] Header = [0x17, 0x03, 0x03, 0x40, 0x00];

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task MinReceiveRate_RecordThatDrips_IsClosedAsSlowSender(TransportDriver driver)
    {
        var (time, handler, options) = (new VirtualTimeProvider(), new RecordingHandler(text => text), Options(driver));
        options.IdleTimeout = Timeout.InfiniteTimeSpan;
        await using var listener = await ListenAsync(options, handler, time);
        await using var client = await ConnectAsync(listener, options);
        await AssertEchoesAsync(client);
        await using var halfway = await ConnectTlsAsync(listener);
        await using var dripping = await ConnectTlsAsync(listener);
        foreach (var peer in new[] { halfway, dripping })
        {
            // Seen to be served, so the record that follows begins after the handshake.
            await peer.WriteAsync("whole\n"u8.ToArray());
            Assert.True(await peer.ReadAsync(new byte[100]).AsTask().WaitAsync(Patience) > 0);
            await peer.InnerStreamOf().WriteAsync(Header);
        }

        var ended = handler.WaitForDisconnectionsAsync(2);
        while (!ended.IsCompleted)
        {
            // A byte a second is one of 240. How soon that is read and told is up to other threads: of that nothing is
            // asserted, but that the wait for the disconnections ends.
            await TryWriteAsync(dripping, [0]);
            time.Advance(TimeSpan.FromSeconds(1));
            await AssertEchoesAsync(client);
        }

        Assert.All(await ended, disconnection => Assert.Equal(CloseReason.SlowSender, disconnection.Reason));
        Assert.True(time.Elapsed >= TimeSpan.FromSeconds(5));
        await AssertEchoesAsync(client);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task MinReceiveRate_RecordThatComesInTimeOrSilence_IsLeftAlone(TransportDriver driver)
    {
        var (time, handler, options) = (new VirtualTimeProvider(), new RecordingHandler(text => text), Options(driver));
        options.IdleTimeout = Timeout.InfiniteTimeSpan;
        await using var listener = await ListenAsync(options, handler, time);
        var cut = new CutStream(await ConnectPlainAsync(listener));
        await using var peer = new SslStream(cut);
        await peer.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = Trust });
        for (var i = 1; i <= 5; i++)
        {
            // A record is cut; its second half comes after four seconds. Then a minute of silence.
            cut.OnHalf = () => time.Advance(TimeSpan.FromSeconds(4));
            await peer.WriteAsync("in two halves\n"u8.ToArray());
            await handler.WaitForMessagesAsync(i);
            time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Empty(handler.Disconnections);
    }

    [Fact]
    public void Meter_RecordsCutAnyhow_TellsTheOneUnderWayAndSinceWhen()
    {
        var time = new VirtualTimeProvider();
        var random = new Random(20_260_101);
        for (var round = 0; round < 1_000; round++)
        {
            var lengths = Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(4) * 150).ToArray();
            var starts = lengths.Select((_, i) => lengths.Take(i).Sum(length => length + Header.Length)).ToArray();
            var stream = lengths.SelectMany(length =>
                (byte[])[0x17, 0x03, 0x03, (byte)(length >> 8), (byte)length, .. new byte[length]]).ToArray();
            var meter = new TlsRecordMeter(time);
            var (at, since, begun) = (0, long.MaxValue, -1);
            while (at < stream.Length)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                var count = random.Next(1, Math.Min(200, stream.Length - at) + 1);
                meter.Received(stream.AsSpan(at, count));
                at += count;

                var start = starts.Last(start => start <= at);
                var isWhole = at == start || at == stream.Length;
                since = isWhole ? long.MaxValue : start == begun ? since : time.GetTimestamp();
                begun = isWhole ? -1 : start;
                Assert.Equal(since, meter.UnfinishedSince(out var bytes));
                Assert.Equal(since == long.MaxValue ? 0 : at - start, bytes);
            }
        }
    }

    [Fact]
    public async Task Meter_AskedWhileARecordFollowsAnother_NeverGivesTheOldOneTheBytesOfTheNew()
    {
        const int Records = 200_000;
        var time = new VirtualTimeProvider();
        var meter = new TlsRecordMeter(time);
        var body = new byte[0x4000];
        meter.Received(Header);
        var writing = Task.Run(() =>
        {
            for (var record = 0; record < Records; record++)
            {
                meter.Received(body.AsSpan(1));
                time.Advance(TimeSpan.FromSeconds(1));
                meter.Received([0, .. Header]);
            }
        });
        var torn = 0;
        while (!writing.IsCompleted)
        {
            var now = time.GetTimestamp();
            var since = meter.UnfinishedSince(out var bytes);
            torn += bytes == Header.Length && since < now ? 1 : 0;
        }

        await writing;
        Assert.Equal(0, torn);
    }

    private static async Task TryWriteAsync(SslStream peer, byte[] bytes)
    {
        try
        {
            await peer.InnerStreamOf().WriteAsync(bytes);
        }
        catch (IOException)
        {
            // It has been closed: seen by the handler.
        }
    }
}
