using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Transports.Tests.Requests;

/// <summary>Counts the drops that one transport's metrics report, by reason.</summary>
internal sealed class DropCounter : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _drops = new();

    public DropCounter(ITransport transport)
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Name: "transports.messages.dropped", Meter.Name: "Transports" })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            var values = tags.ToArray().ToDictionary(tag => tag.Key, tag => (string)tag.Value!);
            if (values["transport"] == transport.Capabilities.Scheme)
            {
                _drops.AddOrUpdate(values["reason"], count, (_, before) => before + count);
            }
        });
        _listener.Start();
    }

    public long Of(string reason) => _drops.GetValueOrDefault(reason);

    public void Dispose() => _listener.Dispose();
}
