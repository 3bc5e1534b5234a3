namespace Transports;

/// <summary>What the bytes so far are.</summary>
internal enum ProxyHeaderStatus
{
    NeedMoreData,
    Complete,
    Malformed,
}
