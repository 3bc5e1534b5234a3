using System.Diagnostics.Metrics;

namespace Transports.Tests.Overload;

/// <summary>The levels that one server's metric reports, each change once.</summary>
internal sealed class LevelRecorder : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<int> _levels = [];

    public LevelRecorder(string server)
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Name: "transports.overload.level", Meter.Name: "Transports" })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((_, level, tags, _) =>
        {
            lock (_levels)
            {
                if (Equals(tags[0].Value, server) && (_levels.Count == 0 || _levels[^1] != level))
                {
                    _levels.Add(level);
                }
            }
        });
        _listener.Start();
    }

    public int[] Levels
    {
        get
        {
            lock (_levels)
            {
                return [.. _levels];
            }
        }
    }

    public void Dispose() => _listener.Dispose();
}
