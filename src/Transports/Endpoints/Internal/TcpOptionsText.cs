namespace Transports;

/// <summary>The options that the URIs of TCP have in common, in the clear or over TLS.</summary>
internal static class TcpOptionsText
{
    public static void Read(EndpointQueryReader query, TcpTransportOptions options)
    {
        query.Stream(options);
        options.Framing = query.Framing("framing", options.Framing);
        options.Driver = query.Choice("driver", options.Driver);
        options.ReactorThreads = query.Number("reactorThreads", options.ReactorThreads);
        options.Backlog = query.Number("backlog", options.Backlog);
    }

    /// <summary>Those that Unix sockets do not have.</summary>
    public static void ReadInternet(EndpointQueryReader query, TcpTransportOptions options)
    {
        Read(query, options);
        options.NoDelay = query.Flag("noDelay", options.NoDelay);
        options.DualMode = query.Flag("dualMode", options.DualMode);
        options.KeepAliveTime = query.Time("keepAliveTime", options.KeepAliveTime);
        options.KeepAliveInterval = query.Time("keepAliveInterval", options.KeepAliveInterval);
        options.KeepAliveProbes = query.Number("keepAliveProbes", options.KeepAliveProbes);
        options.UserTimeout = query.Time("userTimeout", options.UserTimeout);
        options.TrustedProxies = query.Networks("trustedProxies", options.TrustedProxies);
        options.HandshakeTimeout = query.Time("handshakeTimeout", options.HandshakeTimeout);
        options.MaxPendingHandshakes = query.Number("maxPendingHandshakes", options.MaxPendingHandshakes);
    }
}
