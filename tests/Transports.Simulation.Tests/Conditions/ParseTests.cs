using Transports.Testing;

namespace Transports.Simulation.Tests.Conditions;

public class ParseTests
{
    [Fact]
    public void Parse_NetemText_SetsEachKnob()
    {
        var conditions = NetworkConditions.Parse(
            "delay 40ms 10ms 25% distribution normal loss 1% duplicate 0.1% reorder 5% 50% gap 3 corrupt 0.2% "
            + "rate 10mbit 20 limit 100 slot 1ms 2ms packets 4 bytes 6000 seed 7");

        Assert.Equal(
            new NetworkConditions
            {
                Delay = TimeSpan.FromMilliseconds(40),
                Jitter = TimeSpan.FromMilliseconds(10),
                DelayCorrelation = 0.25,
                Distribution = DelayDistribution.Normal,
                Loss = 0.01,
                Duplicate = 0.001,
                Reorder = 0.05,
                ReorderCorrelation = 0.5,
                ReorderGap = 3,
                Corrupt = 0.002,
                BitsPerSecond = 10_000_000,
                PacketOverheadBytes = 20,
                MaxQueuedPackets = 100,
                SlotMin = TimeSpan.FromMilliseconds(1),
                SlotMax = TimeSpan.FromMilliseconds(2),
                MaxSlotPackets = 4,
                MaxSlotBytes = 6000,
                Seed = 7,
            },
            conditions);
    }

    [Fact]
    public void Parse_OwnWords_SetsEachKnob() => Assert.Equal(
        new NetworkConditions
        {
            Delay = TimeSpan.FromMilliseconds(5),
            Jitter = TimeSpan.FromMilliseconds(200),
            Distribution = DelayDistribution.TwoPeaked,
            SlowShare = 0.01,
            MaxDelay = TimeSpan.FromSeconds(1),
            MaxQueuedBytes = 65536,
            MtuBytes = 1500,
            Truncate = 0.03,
            Corrupt = 0.5,
            CorruptBits = 3,
            DropCorrupt = true,
            DropFirst = 2,
            DroppedPackets = [7, 3],
        },
        NetworkConditions.Parse(
            "delay 5ms 200ms distribution twopeaked slowshare 1% maxdelay 1s limitbytes 65536 mtu 1500 truncate 3% "
            + "corrupt 50% corruptbits 3 dropcorrupt dropfirst 2 droplist 3,7"));

    [Theory]
    [InlineData("loss random 2% 30%", "loss 2% 30%")]
    [InlineData("drop 2%", "loss 2%")]
    [InlineData("loss gemodel 1%", "loss gemodel 1%")]
    [InlineData("loss gemodel 1% 10% 70% 0.1%", "loss gemodel 1% 10% 70% 0.1%")]
    [InlineData("loss gemodel 1% 99% 100% 0%", "loss gemodel 1%")]
    [InlineData("loss state 1% 50% 10% 80% 2%", "loss state 1% 50% 10% 80% 2%")]
    [InlineData("delay 1500 loss 3", "delay 1.5ms loss 3%")]
    [InlineData("rate 1kbps", "rate 8kbit")]
    [InlineData("rate 1.5mbit", "rate 1500kbit")]
    [InlineData("delay 10ms gap 5", "delay 10ms reorder 100% gap 5")]
    [InlineData("slot 800us", "slot 800us")]
    [InlineData("  ", "limit 1000")]
    public void ToString_OfParsed_IsTheUsualSpelling(string text, string expected) =>
        Assert.Equal(expected, NetworkConditions.Parse(text).ToString());

    [Theory]
    [InlineData("delay", "At the end: there is no time after \"delay\".")]
    [InlineData("delay fast", "Word 2 (\"fast\"): not a time such as 40ms, 1.5s or 250us.")]
    [InlineData("loss 101%", "Word 2 (\"101%\"): not a percentage between 0% and 100%.")]
    [InlineData("loss -1%", "Word 2 (\"-1%\"): not a percentage between 0% and 100%.")]
    [InlineData("loss 1% loss 2%", "Word 3 (\"loss\"): said twice.")]
    [InlineData("loss 1% ecn", "Word 3 (\"ecn\"): packets cannot be marked instead of lost.")]
    [InlineData("loss 1% 2% ecn", "Word 4 (\"ecn\"): packets cannot be marked instead of lost.")]
    [InlineData(
        "loss state 60% 50% 60%",
        "Word 5 (\"60%\"): the ways out of a state exceed 100%: p13 + p14, or p31 + p32.")]
    [InlineData("limit 0", "Word 2 (\"0\"): not a number of packets from 1 to 2147483647.")]
    [InlineData(
        "rate 10mbit 20 48 5",
        "Word 4 (\"48\"): cells are not simulated, so nothing follows the packet overhead.")]
    [InlineData("rate ten", "Word 2 (\"ten\"): not a rate such as 10mbit or 56kbit.")]
    [InlineData("droplist 3,,7", "Word 2 (\"3,,7\"): not a list of packet numbers from 1, such as 3,7.")]
    [InlineData(
        "slot distribution normal 1ms 1ms",
        "Word 2 (\"distribution\"): a slot takes MIN and MAX, not a distribution.")]
    [InlineData(
        "distribution 3",
        "Word 2 (\"3\"): expected uniform, normal, pareto, paretonormal, exponential or twopeaked.")]
    public void Parse_Faulty_SaysWhatIsWrongAtWhichWord(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => NetworkConditions.Parse(text)).Message);

    [Theory]
    [InlineData("latency 40ms", "Word 1 (\"latency\")")]
    [InlineData("delay 40ms los 1%", "Word 3 (\"los\")")]
    [InlineData("rate 1mbit mtuu 1500", "Word 3 (\"mtuu\")")]
    public void Parse_UnknownWord_NamesTheKnownOnes(string text, string word)
    {
        var fault = Assert.Throws<FormatException>(() => NetworkConditions.Parse(text));

        Assert.StartsWith($"{word}: expected one of limit, limitbytes, delay,", fault.Message);
    }

    [Fact]
    public void ToTcCommand_AllNetem_IsTheCommand() => Assert.Equal(
        "tc qdisc replace dev eth0 root netem delay 40ms 10ms 25% distribution normal loss 1%",
        NetworkConditions.Parse("loss 1% delay 40ms 10ms 25% distribution normal").ToTcCommand("eth0"));

    [Fact]
    public void ToTcCommand_WithOwnWords_SaysWhichNetemHasNot() => Assert.Equal(
        "tc qdisc replace dev eth0 root netem delay 40ms  # netem has no word for: mtu 1500 droplist 3",
        NetworkConditions.Parse("delay 40ms mtu 1500 droplist 3").ToTcCommand("eth0"));

    [Theory]
    [InlineData("eth0; rm")]
    [InlineData(" ")]
    public void ToTcCommand_NoDevice_IsRefused(string device) =>
        Assert.ThrowsAny<ArgumentException>(() => NetworkConditions.Lan.ToTcCommand(device));

    [Theory]
    [MemberData(nameof(Presets))]
    public void Presets_Written_ReadBackEqual(NetworkConditions preset) =>
        Assert.Equal(preset, NetworkConditions.Parse(preset.ToString()));

    public static TheoryData<NetworkConditions> Presets() => new(
        NetworkConditions.Lan,
        NetworkConditions.WiFi,
        NetworkConditions.FourG,
        NetworkConditions.Satellite,
        NetworkConditions.Lossy);
}
