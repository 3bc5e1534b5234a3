using System.Collections.Concurrent;
using System.Threading.RateLimiting;

namespace Transports.Hosting;

/// <summary>
/// A limiter for each key, for a bounded number of keys. When it is full, a newcomer takes the place of one whose
/// limiter is as good as new, so that nothing is forgotten by it; a few are looked at, in the order of their coming. If
/// none of them is, the newcomer shares one limiter with all others that found no place: many keys cannot push out the
/// state of those that are being limited.
/// </summary>
internal sealed class LimiterTable<TKey>(Func<RateLimiter> create, int capacity)
    where TKey : notnull
{
    private const int LookedAt = 8;

    private readonly ConcurrentDictionary<TKey, RateLimiter> _limiters = new();
    private readonly Queue<TKey> _order = new();
    private readonly RateLimiter _shared = Create(create);
    private readonly Lock _gate = new();

    public RateLimitLease Acquire(TKey key)
    {
        var limiter = _limiters.TryGetValue(key, out var found) ? found : Add(key);
        Replenish(limiter);
        return limiter.AttemptAcquire();
    }

    private static RateLimiter Create(Func<RateLimiter> create) => create() switch
    {
        ReplenishingRateLimiter { IsAutoReplenishing: true } => throw new ArgumentException(
            "A limiter must not replenish itself: set AutoReplenishment to false."),
        null => throw new ArgumentException("A function that makes limiters made none."),
        var limiter => limiter,
    };

    private static void Replenish(RateLimiter limiter)
    {
        if (limiter is ReplenishingRateLimiter replenishing)
        {
            replenishing.TryReplenish();
        }
    }

    private RateLimiter Add(TKey key)
    {
        lock (_gate)
        {
            if (_limiters.TryGetValue(key, out var limiter))
            {
                return limiter;
            }

            if (_limiters.Count >= capacity && !TryForgetOne())
            {
                return _shared;
            }

            limiter = Create(create);
            _limiters[key] = limiter;
            _order.Enqueue(key);
            return limiter;
        }
    }

    private bool TryForgetOne()
    {
        for (var i = 0; i < LookedAt && _order.TryDequeue(out var key); i++)
        {
            var limiter = _limiters[key];
            Replenish(limiter);
            if (limiter.IdleDuration is not null)
            {
                return _limiters.TryRemove(key, out _);
            }

            _order.Enqueue(key);
        }

        return false;
    }
}
