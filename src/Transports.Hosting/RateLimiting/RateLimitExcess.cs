namespace Transports.Hosting;

/// <summary>What happens to a message that is over a limit; whatever it is, the handler never sees it.</summary>
public enum RateLimitExcess
{
    /// <summary>It gets no reply.</summary>
    Drop,

    /// <summary>It gets <see cref="RateLimitOptions.Reply"/> as its reply.</summary>
    Reply,

    /// <summary>
    /// Its connection is closed in an orderly way, after the replies to what came before. A datagram is dropped.
    /// </summary>
    Close,
}
