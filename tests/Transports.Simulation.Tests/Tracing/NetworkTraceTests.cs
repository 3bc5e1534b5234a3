using Transports.Testing;

namespace Transports.Simulation.Tests.Tracing;

public class NetworkTraceTests
{
    [Fact]
    public void Record_PastTheLimit_KeepsTheNewestAndCountsTheRest()
    {
        var trace = new NetworkTrace(new NetworkTraceOptions { MaxEvents = 2 });

        for (var i = 0; i < 5; i++)
        {
            trace.Record(Note($"{i}"));
        }

        Assert.Equal(["3", "4"], trace.Events.Select(item => item.Note));
        Assert.Equal([4L, 5L], trace.Events.Select(item => item.Sequence));
        Assert.Equal(3, trace.DiscardedEvents);
    }

    [Fact]
    public void Record_WhenOff_KeepsNothing()
    {
        var trace = new NetworkTrace(new NetworkTraceOptions { IsEnabled = false });

        trace.Record(Note("unseen"));

        Assert.Empty(trace.Events);
    }

    private static NetworkTraceEvent Note(string text) =>
        new() { Time = TimeSpan.Zero, Kind = NetworkEventKind.Note, Note = text };
}
