namespace Transports.Testing;

/// <summary>Where a connection stands; what has been closed on either side is told apart elsewhere.</summary>
internal enum TcpState
{
    SynSent,
    SynReceived,
    Established,
    Dead,
}
