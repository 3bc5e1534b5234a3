using Transports.Testing;

namespace Transports.Tests.Streams;

/// <summary>Waits for what an observer cannot tell: that it has returned.</summary>
internal static class Welcomes
{
    /// <summary>Ends when so many have come and their observer has returned: then their silence has begun.</summary>
    public static async Task WaitForWelcomesAsync(this RecordingHandler handler, int count)
    {
        using var patience = new CancellationTokenSource(ScriptedTransport.Patience);
        var connections = (await handler.WaitForConnectionsAsync(count)).Cast<StreamConnection>().ToArray();
        while (connections.Any(connection => connection.IsHandling))
        {
            Assert.False(patience.IsCancellationRequested, "An observer has not returned.");
            await Task.Yield();
        }
    }
}
