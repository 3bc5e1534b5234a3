using Transports.Diagnostics;

namespace Transports;

/// <summary>Looks at a running server now and then, and lets its listeners shed what the policy says.</summary>
internal sealed class OverloadMonitor : IDisposable
{
    private readonly OverloadSetup _setup;
    private readonly OverloadPolicy _policy;
    private readonly string _server;
    private readonly ServerMetrics _metrics;
    private readonly ISheddable[] _listeners;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private ShedLevel _level;
    private long _since;
    private bool _disposed;

    public OverloadMonitor(OverloadSetup setup, string server, IEnumerable<ISheddable> listeners)
    {
        (_setup, _server, _listeners) = (setup, server, [.. listeners]);
        _policy = new OverloadPolicy(setup.Options);
        _metrics = new ServerMetrics(server);
        _metrics.OverloadLevel(0);
        _timer = setup.TimeProvider.CreateTimer(
            static monitor => ((OverloadMonitor)monitor!).Check(),
            this,
            setup.Options.CheckInterval,
            setup.Options.CheckInterval);
    }

    /// <summary>Looks no more, and sheds nothing any more.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate)
        {
            _disposed = true;
            if (_level != ShedLevel.None)
            {
                Enter(ShedLevel.None);
            }
        }
    }

    private void Check()
    {
        // A look that takes longer than the interval is not joined by a second one.
        if (!_gate.TryEnter())
        {
            return;
        }

        try
        {
            if (!_disposed)
            {
                Check(Read());
            }
        }
        finally
        {
            _gate.Exit();
        }
    }

    private OverloadReading Read()
    {
        var (connections, inFlight) = (0, 0);
        foreach (var listener in _listeners)
        {
            connections += listener.ConnectionCount;
            inFlight += listener.InFlight;
        }

        var memory = _setup.Options.ReadMemoryBytes?.Invoke() ?? GC.GetTotalMemory(forceFullCollection: false);
        return new OverloadReading(memory, connections, inFlight);
    }

    private void Check(OverloadReading reading)
    {
        var level = _policy.Next(_level, reading);
        if (level != ShedLevel.None && _level == ShedLevel.None)
        {
            _since = _setup.TimeProvider.GetTimestamp();
            TransportLog.Overloaded(
                _setup.Logger, _server, reading.MemoryBytes, reading.Connections, reading.InFlight);
        }
        else if (level == ShedLevel.None && _level != ShedLevel.None)
        {
            TransportLog.OverloadEnded(
                _setup.Logger,
                _server,
                _setup.TimeProvider.GetElapsedTime(_since),
                reading.MemoryBytes,
                reading.Connections,
                reading.InFlight);
        }

        if (level != _level || level == ShedLevel.IdleConnections)
        {
            Enter(level);
        }

        if (_setup.Options.ReadMemoryBytes is null && _policy.IsMemoryOver(reading))
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
        }
    }

    private void Enter(ShedLevel level)
    {
        _level = level;
        _metrics.OverloadLevel((int)level);
        foreach (var listener in _listeners)
        {
            listener.Shed(level, _setup.Options.IdleAfter);
        }
    }
}
