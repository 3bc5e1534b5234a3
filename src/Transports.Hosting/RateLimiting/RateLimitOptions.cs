using System.Threading.RateLimiting;

namespace Transports.Hosting;

/// <summary>How many messages a server handles, per endpoint and per peer, and what becomes of the others.</summary>
/// <remarks>Read once, when the server is made. Not for use by two threads.</remarks>
public sealed class RateLimitOptions
{
    /// <summary>
    /// Makes the limiter of one endpoint, which is a port, a path or a name: TCP and UDP on one port count together.
    /// Null for no limit per endpoint, the default.
    /// </summary>
    /// <remarks>
    /// A limiter is asked and never waited for, so its queue is not used. One that replenishes must not do so by itself
    /// (<c>AutoReplenishment = false</c>): it is replenished whenever it is asked, and costs no timer.
    /// </remarks>
    public Func<RateLimiter>? PerEndpoint { get; set; }

    /// <summary>
    /// Makes the limiter of one peer: an IPv4 address, a prefix of IPv6 (<see cref="IPv6PrefixBits"/>), or, where peers
    /// have no address, a connection. Null for no limit per peer, the default.
    /// </summary>
    /// <remarks>As <see cref="PerEndpoint"/>. It is not disposed of when its peer is forgotten.</remarks>
    public Func<RateLimiter>? PerPeer { get; set; }

    /// <summary>
    /// How many peers are remembered. One more takes the place of a peer that has used nothing of its limit lately;
    /// if there is none, all further peers share one limiter. Default 10,000.
    /// </summary>
    public int MaxPeers { get; set; } = 10_000;

    /// <summary>How many leading bits of an IPv6 address make a peer. Default 64: what one site is given.</summary>
    public int IPv6PrefixBits { get; set; } = 64;

    /// <summary>What becomes of a message over a limit. Default <see cref="RateLimitExcess.Drop"/>.</summary>
    public RateLimitExcess Excess { get; set; }

    /// <summary>The reply to a message over a limit, for <see cref="RateLimitExcess.Reply"/>.</summary>
    public ReadOnlyMemory<byte>? Reply { get; set; }

    /// <summary>Limits each endpoint with a token bucket.</summary>
    /// <param name="messagesPerSecond">What it takes in the long run.</param>
    /// <param name="burst">What it takes at once.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public void LimitEachEndpoint(int messagesPerSecond, int burst) => PerEndpoint = Bucket(messagesPerSecond, burst);

    /// <summary>Limits each peer with a token bucket.</summary>
    /// <param name="messagesPerSecond">What it takes in the long run.</param>
    /// <param name="burst">What it takes at once.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public void LimitEachPeer(int messagesPerSecond, int burst) => PerPeer = Bucket(messagesPerSecond, burst);

    /// <summary>Throws when something in here cannot be; names all of it.</summary>
    internal void Validate()
    {
        var faults = new List<string>();
        OptionRules.AtLeast(faults, MaxPeers, 1, nameof(MaxPeers));
        if (IPv6PrefixBits is < 1 or > 128)
        {
            faults.Add($"{nameof(IPv6PrefixBits)} must be from 1 to 128, but is {IPv6PrefixBits}.");
        }

        if (Excess == RateLimitExcess.Reply && Reply is null)
        {
            faults.Add($"{nameof(Reply)} must be set when {nameof(Excess)} is {Excess}.");
        }

        if (PerEndpoint is null && PerPeer is null)
        {
            faults.Add($"Neither {nameof(PerEndpoint)} nor {nameof(PerPeer)} is set.");
        }

        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", faults));
        }
    }

    private static Func<RateLimiter> Bucket(int messagesPerSecond, int burst)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(messagesPerSecond, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(burst, 1);
        var options = new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = messagesPerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            AutoReplenishment = false,
        };
        return () => new TokenBucketRateLimiter(options);
    }
}
