using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Transports.Tests.Datagrams;

/// <summary>Adds up what one transport measures, by instrument and second tag.</summary>
internal sealed class MetricCollector : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, double> _sums = new();

    public MetricCollector(string scheme)
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Transports")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(instrument, 1, tags));
        _listener.Start();

        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (Equals(tags[0].Value, scheme))
            {
                var name = tags.Length > 1 ? $"{instrument.Name} {tags[1].Value}" : instrument.Name;
                _sums.AddOrUpdate(name, value, (_, before) => before + value);
            }
        }
    }

    public double this[string name] => _sums.GetValueOrDefault(name);

    public double Dropped(string reason) => this[$"transports.messages.dropped {reason}"];

    public void Dispose() => _listener.Dispose();
}
