namespace Transports.Testing;

/// <summary>The control bits of a TCP segment, with their values on the wire (RFC 9293 section 3.1).</summary>
[Flags]
public enum TcpFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The sender has no more data.</summary>
    Fin = 1,

    /// <summary>Opens a connection.</summary>
    Syn = 2,

    /// <summary>Resets a connection.</summary>
    Rst = 4,

    /// <summary>Asks for the data to be handed on at once.</summary>
    Psh = 8,

    /// <summary>The acknowledgment number counts.</summary>
    Ack = 16,
}
