using Transports.Requests;

namespace Transports.Tests.Requests;

/// <summary>Waits for what must happen; the time-out is only for a defect, so it is generous.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>For requests on the system's clock, on a machine that may be busy with other tests.</summary>
    public static RequestClientOptions PatientOptions => new() { Timeout = Patience };

    public static Task Soon(this Task task) => task.WaitAsync(Patience);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Patience);

    /// <summary>The exception that the task must end in.</summary>
    public static Task<T> Throws<T>(this Task task)
        where T : Exception => Assert.ThrowsAsync<T>(task.Soon);
}
