using System.Diagnostics.Metrics;

namespace Transports.Tests.Datagrams;

/// <summary>Tells when a message is dropped for that reason.</summary>
internal sealed class DropSignal : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly TaskCompletionSource _dropped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public DropSignal(string scheme, string reason)
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "Transports", Name: "transports.messages.dropped" })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            if (Equals(tags[0].Value, scheme) && Equals(tags[1].Value, reason))
            {
                _dropped.TrySetResult();
            }
        });
        _listener.Start();
    }

    public Task WhenDropped => _dropped.Task.Soon();

    public void Dispose() => _listener.Dispose();
}
