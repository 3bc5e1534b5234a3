namespace Transports;

/// <content>What an overloaded server has its streams do without.</content>
internal sealed partial class StreamListener : ISheddable
{
    private volatile bool _refusesNew;

    /// <summary>Closed while nothing is to be read.</summary>
    public IntakeGate Intake { get; } = new();

    public int ConnectionCount => _connections.Count;

    public int InFlight => _connections.CountHandling();

    public void Shed(ShedLevel level, TimeSpan idleAfter)
    {
        _refusesNew = level >= ShedLevel.NewConnections;
        Intake.Set(level >= ShedLevel.Reading);
        if (level < ShedLevel.IdleConnections)
        {
            return;
        }

        var now = _environment.TimeProvider.GetTimestamp();
        using var snapshot = _connections.RentSnapshot();
        foreach (var connection in snapshot.Connections)
        {
            if (connection.IdleFor(now) is var silence && silence > TimeSpan.Zero && silence >= idleAfter)
            {
                connection.BeginClose(CloseReason.Overloaded);
            }
        }
    }
}
