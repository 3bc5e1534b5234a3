namespace Transports.Simulation.Tests.Tracing;

/// <summary>A test that needs tshark, the command line of Wireshark.</summary>
internal sealed class TsharkFactAttribute : FactAttribute
{
    public TsharkFactAttribute() => Skip = Tshark.Path is null ? "tshark is not installed here" : null;
}
