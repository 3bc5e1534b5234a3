namespace Transports;

/// <summary>What an overloaded server does without, in this order; each includes those before.</summary>
internal enum ShedLevel
{
    None,
    Reading,
    NewConnections,
    IdleConnections,
}
