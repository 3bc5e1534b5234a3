namespace Transports.Load;

/// <summary>Where a scenario stands in the report.</summary>
internal enum ScenarioGroup
{
    Stream,
    Datagram,
    Latency,
    ConnectionGrowth,
    InFlightGrowth,
    SizeGrowth,
}
