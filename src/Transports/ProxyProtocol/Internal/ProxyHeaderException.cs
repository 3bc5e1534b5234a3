namespace Transports;

/// <summary>A trusted proxy did not begin its connection with a header of the PROXY protocol.</summary>
internal sealed class ProxyHeaderException(string message) : IOException(message);
