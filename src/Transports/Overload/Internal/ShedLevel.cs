namespace Transports;

/// <summary>What an overloaded server does without, in the order in which it does; each includes those before.</summary>
internal enum ShedLevel
{
    None,
    Reading,
    NewConnections,
    IdleConnections,
}
