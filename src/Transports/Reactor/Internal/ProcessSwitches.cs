namespace Transports;

/// <summary>
/// What can be turned off for the whole process (<see cref="AppContext"/>, so that <c>runtimeconfig.json</c> can do
/// it): reactors and their threads are one for all transports, so no transport's options could say it.
/// </summary>
internal static class ProcessSwitches
{
    /// <summary>For who wants no thread to stay awake: see <see cref="Transports.BusyPoll"/>.</summary>
    public const string BusyPoll = "Transports.BusyPoll";

    /// <summary>For who counts microseconds rather than processor time: see <see cref="ReceiveCoalescing"/>.</summary>
    public const string CoalesceReceives = "Transports.CoalesceReceives";

    /// <summary>For who wants no io_uring in the process: see <see cref="SendBatch"/>.</summary>
    public const string GatherSends = "Transports.GatherSends";

    /// <summary>True unless it was switched off.</summary>
    public static bool IsOn(string name) => !AppContext.TryGetSwitch(name, out var isOn) || isOn;
}
