namespace Transports.Load;

/// <summary>A server of a round with its client.</summary>
internal sealed class Contender : IDisposable
{
    private readonly ServerProcess _server;
    private readonly LoadClient _client;
    private long _allocatedAtStart;
    private long _messages;

    public Contender(ServerProcess server, Scenario scenario)
    {
        _server = server;
        _client = scenario.Connect(server);
    }

    public string Name => _server.Kind.Name;

    public void WarmUp(Plan plan, IReadOnlyList<LoadShape> shapes)
    {
        foreach (var shape in shapes)
        {
            _client.Run(shape, TimeSpan.Zero, plan.WarmUp / shapes.Count, _server.Clock);
        }

        _allocatedAtStart = _server.AllocatedBytes;
    }

    public SliceResult Measure(LoadShape shape, Plan plan)
    {
        var slice = _client.Run(shape, plan.Ramp, plan.Slice, _server.Clock);
        _messages += slice.Messages;
        return slice;
    }

    public ProcessSample Summary(int round) => new(Name, round)
    {
        AllocatedBytesPerMessage = (_server.AllocatedBytes - _allocatedAtStart) / (double)Math.Max(1, _messages),
        PeakResidentBytes = _server.PeakResidentBytes,
    };

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }
}
