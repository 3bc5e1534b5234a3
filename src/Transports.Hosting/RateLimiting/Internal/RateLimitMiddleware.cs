using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging;
using Transports.Diagnostics;

namespace Transports.Hosting;

/// <summary>Lets a message pass if its peer's limiter and its endpoint's have room for it.</summary>
internal sealed class RateLimitMiddleware(
    RateLimitOptions options, string server, ServerMetrics metrics, ILogger logger, TimeProvider timeProvider)
    : IMessageMiddleware
{
    /// <summary>Far more than a server listens on; only a transport of strange endpoints could reach it.</summary>
    private const int MaxEndpoints = 1024;

    private readonly LimiterTable<PeerKey>? _peers =
        options.PerPeer is { } create ? new(create, options.MaxPeers) : null;

    private readonly LimiterTable<EndpointKey>? _endpoints =
        options.PerEndpoint is { } create ? new(create, MaxEndpoints) : null;

    private readonly int _prefixBits = options.IPv6PrefixBits;
    private readonly RateLimitExcess _excess = options.Excess;
    private readonly ReadOnlyMemory<byte> _reply = options.Reply ?? default;
    private readonly LogThrottle _throttle = new(timeProvider);

    public ValueTask InvokeAsync(MessageContext context, MessageDelegate next, CancellationToken cancellationToken)
    {
        var peer = _peers?.Acquire(PeerKey.Of(context, _prefixBits));
        if (peer is { IsAcquired: false })
        {
            return RefuseAsync(context, "peer", peer, null, cancellationToken);
        }

        var endpoint = _endpoints?.Acquire(EndpointKey.Of(context.LocalEndPoint));
        if (endpoint is { IsAcquired: false })
        {
            return RefuseAsync(context, "endpoint", peer, endpoint, cancellationToken);
        }

        ValueTask handling;
        try
        {
            handling = next(context, cancellationToken);
        }
        catch
        {
            Release(peer, endpoint);
            throw;
        }

        if (!handling.IsCompleted)
        {
            return ReleaseAfterAsync(handling, peer, endpoint);
        }

        Release(peer, endpoint);
        return handling;
    }

    private static async ValueTask ReleaseAfterAsync(
        ValueTask handling, RateLimitLease? peer, RateLimitLease? endpoint)
    {
        try
        {
            await handling.ConfigureAwait(false);
        }
        finally
        {
            Release(peer, endpoint);
        }
    }

    private static void Release(RateLimitLease? peer, RateLimitLease? endpoint)
    {
        endpoint?.Dispose();
        peer?.Dispose();
    }

    private ValueTask RefuseAsync(
        MessageContext context,
        string limit,
        RateLimitLease? peer,
        RateLimitLease? endpoint,
        CancellationToken cancellationToken)
    {
        Release(peer, endpoint);
        metrics.MessageLimited(limit, Tag(_excess));
        if (_throttle.TryPass(out var suppressed))
        {
            TransportLog.MessagesLimited(logger, server, context.RemoteEndPoint, limit, suppressed);
        }

        return _excess switch
        {
            RateLimitExcess.Reply => context.ReplyAsync(_reply.Span, cancellationToken),
            RateLimitExcess.Close => context.Connection.DisposeAsync(),
            _ => default,
        };
    }

    private static string Tag(RateLimitExcess excess) => excess switch
    {
        RateLimitExcess.Reply => "replied",
        RateLimitExcess.Close => "closed",
        _ => "dropped",
    };
}
