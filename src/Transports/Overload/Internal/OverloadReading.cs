namespace Transports;

/// <summary>What a look at a server found.</summary>
internal readonly record struct OverloadReading(long MemoryBytes, int Connections, int InFlight);
