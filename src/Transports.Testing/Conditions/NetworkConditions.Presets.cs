namespace Transports.Testing;

public sealed partial record NetworkConditions
{
    /// <summary>A wired local network: a fifth of a millisecond, a gigabit, nothing lost.</summary>
    public static NetworkConditions Lan { get; } =
        Parse("delay 0.2ms 0.05ms distribution normal rate 1gbit mtu 1500");

    /// <summary>A home's Wi-Fi: bursts, a long tail of delays, and now and then a few packets lost in a row.</summary>
    public static NetworkConditions WiFi { get; } = Parse(
        "delay 3ms 2ms distribution paretonormal loss gemodel 0.2% 30% rate 80mbit slot 0ms 2ms limit 500 mtu 1500");

    /// <summary>A mobile network of the fourth generation, on the move.</summary>
    public static NetworkConditions FourG { get; } =
        Parse("delay 40ms 12ms 25% distribution paretonormal loss 0.3% rate 20mbit limit 300 mtu 1430");

    /// <summary>A geostationary satellite: 36,000 km up and down, and rain that takes packets in bursts.</summary>
    public static NetworkConditions Satellite { get; } =
        Parse("delay 270ms 8ms distribution normal loss gemodel 0.1% 10% rate 10mbit limit 1000 mtu 1500");

    /// <summary>A bad day: a tenth of all packets lost, some twice, some out of order.</summary>
    public static NetworkConditions Lossy { get; } =
        Parse("delay 40ms 10ms 25% distribution normal loss 10% duplicate 2% reorder 5% mtu 1500");
}
