namespace Transports.Tests.Servers;

/// <summary>The one generous limit on waiting for a signal.</summary>
internal static class Wait
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Task For(Task task) => task.WaitAsync(Limit);

    public static Task<T> For<T>(Task<T> task) => task.WaitAsync(Limit);
}
