namespace Transports.Load;

/// <summary>A server of a round with its client.</summary>
internal sealed class Contender(ServerProcess server, Scenario scenario) : IDisposable
{
    private LoadClient? _client;
    private long _allocatedAtStart;
    private long _messages;

    public string Name => server.Kind.Name;

    /// <summary>What is sent to it in each second from now on, whatever comes back.</summary>
    public double MessagesPerSecond { get; set; }

    public void WarmUp(Plan plan, IReadOnlyList<LoadShape> shapes)
    {
        foreach (var shape in shapes)
        {
            Run(shape, TimeSpan.Zero, plan.WarmUp / shapes.Count);
        }

        _allocatedAtStart = server.AllocatedBytes;
    }

    public SliceResult Measure(LoadShape shape, Plan plan)
    {
        var sleeps = server.Sleeps;
        var slice = Run(shape, plan.Ramp, plan.Slice * scenario.SliceFactor);
        _messages += slice.Messages;
        return slice with { Sleeps = server.Sleeps - sleeps };
    }

    public ProcessSample Summary(int round) => new(Name, round)
    {
        AllocatedBytesPerMessage = (server.AllocatedBytes - _allocatedAtStart) / (double)Math.Max(1, _messages),
        PeakResidentBytes = server.PeakResidentBytes,
    };

    public void Dispose()
    {
        _client?.Dispose();
        server.Dispose();
    }

    private SliceResult Run(LoadShape shape, TimeSpan ramp, TimeSpan slice)
    {
        _client ??= scenario.Connect(server);
        if (_client is PacedStreamClient paced)
        {
            paced.MessagesPerSecond = MessagesPerSecond;
        }

        var result = _client.Run(shape, ramp, slice, server.Clock);
        if (scenario.ConnectsAtEachTurn)
        {
            _client.Dispose();
            _client = null;
        }

        return result;
    }
}
