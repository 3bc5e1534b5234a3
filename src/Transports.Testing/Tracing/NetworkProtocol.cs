namespace Transports.Testing;

/// <summary>What a packet of a <see cref="NetworkTrace"/> carries.</summary>
public enum NetworkProtocol
{
    /// <summary>Nothing: the event is not about a packet.</summary>
    None,

    /// <summary>A UDP datagram (RFC 768).</summary>
    Udp,

    /// <summary>A TCP segment (RFC 9293).</summary>
    Tcp,
}
