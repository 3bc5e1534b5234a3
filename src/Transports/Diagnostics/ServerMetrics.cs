using System.Diagnostics.Metrics;

namespace Transports.Diagnostics;

/// <summary>The instruments of servers, in the same meter; one instance per server carries its tag.</summary>
internal sealed class ServerMetrics(string server)
{
    private static readonly Meter Meter = new(TransportMetrics.MeterName);

    private static readonly Gauge<int> Overload = Meter.CreateGauge<int>(
        "transports.overload.level", "{level}", "How far a server sheds load: 0 is not at all, 3 the farthest.");

    private static readonly Counter<long> Limited = Meter.CreateCounter<long>(
        "transports.messages.limited", "{message}", "Messages that a rate limit kept from the handler.");

    private readonly KeyValuePair<string, object?> _server = new("server", server);

    public void OverloadLevel(int level) => Overload.Record(level, _server);

    public void MessageLimited(string limit, string excess)
    {
        if (Limited.Enabled)
        {
            Limited.Add(
                1,
                _server,
                new KeyValuePair<string, object?>("limit", limit),
                new KeyValuePair<string, object?>("excess", excess));
        }
    }
}
