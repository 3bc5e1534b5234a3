namespace Transports.Load;

/// <summary>The figure that a scenario compares.</summary>
internal enum Measure
{
    CpuPerMessage,
    P50,
    P999,
}
