namespace Transports;

/// <summary>What a transport promises about the messages that it carries.</summary>
/// <param name="Scheme">Its name in endpoint URIs: <c>tcp</c>, <c>udp</c>, <c>unix</c>, <c>memory</c>.</param>
/// <param name="PreservesBoundaries">One send is one receive, whatever the network does in between.</param>
/// <param name="IsOrdered">Messages of one connection arrive in the order in which they were sent.</param>
/// <param name="IsReliable">A message either arrives, or the connection ends.</param>
/// <param name="IsConnectionOriented">Peers connect before they send, and their leaving is seen.</param>
/// <param name="MaxMessageBytes">The largest payload that one message may have, in bytes.</param>
public sealed record TransportCapabilities(
    string Scheme,
    bool PreservesBoundaries,
    bool IsOrdered,
    bool IsReliable,
    bool IsConnectionOriented,
    int MaxMessageBytes);
