using System.Net;

namespace Transports;

/// <summary>What a header of the PROXY protocol says.</summary>
/// <param name="Length">How many bytes it is.</param>
/// <param name="Source">The client; null where the proxy speaks for itself (LOCAL) or does not know (UNKNOWN).</param>
/// <param name="Destination">Where the client connected to; null together with the client.</param>
internal readonly record struct ProxyHeader(int Length, IPEndPoint? Source = null, IPEndPoint? Destination = null);
