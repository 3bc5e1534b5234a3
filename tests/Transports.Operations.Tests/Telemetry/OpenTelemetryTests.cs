using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Transports.Operations.Tests.Telemetry;

/// <summary>What OpenTelemetry collects is what <c>docs/telemetry.md</c> lists, in both directions.</summary>
public sealed class OpenTelemetryTests
{
    [Fact]
    public async Task Collected_MetricsAndSpans_AreThoseDocumented()
    {
        var (exported, spans) = (new List<MetricSnapshot>(), new List<Activity>());
        using var metrics = Sdk.CreateMeterProviderBuilder()
            .AddMeter("Transports").AddInMemoryExporter(exported).Build();
        using var traces = Sdk.CreateTracerProviderBuilder()
            .AddSource("Transports").AddInMemoryExporter(spans).Build();

        await Exercise.RunAsync(name =>
        {
            metrics.ForceFlush();
            return exported.Any(metric => metric.Name == name);
        });
        metrics.ForceFlush();
        traces.ForceFlush();

        AssertSame(
            DocumentedTelemetry.Rows("Metrics").Select(row => string.Join(" | ", row)),
            exported.GroupBy(metric => metric.Name).Select(Row));
        AssertSame(
            DocumentedTelemetry.Rows("Traces").Select(row => string.Join(" | ", row.Take(3))),
            spans.Select(span => $"`{span.OperationName}` | {span.Kind} | "
                + Quoted(span.TagObjects.Select(tag => tag.Key))));
        Assert.Contains(spans, span => span.Status == ActivityStatusCode.Error);
        AssertReasons(exported, "transports.connections.closed", "Values of `reason`: closed connections");
        AssertReasons(exported, "transports.messages.dropped", "Values of `reason`: dropped messages");
        AssertReasons(exported, "transports.handshakes.failed", "Values of `reason`: failed handshakes");
    }

    private static string Row(IGrouping<string, MetricSnapshot> metric)
    {
        var tags = metric.SelectMany(Tags).Select(tag => tag.Key);
        var one = metric.First();
        var kind = one.MetricType switch
        {
            MetricType.LongSum => "Counter",
            MetricType.LongSumNonMonotonic => "UpDownCounter",
            MetricType.LongGauge => "Gauge",
            var other => $"{other}",
        };
        return $"`{one.Name}` | {kind} | `{one.Unit}` | {Quoted(tags)} | {one.Description}";
    }

    private static void AssertReasons(List<MetricSnapshot> exported, string name, string heading)
    {
        var found = exported.Where(metric => metric.Name == name).SelectMany(Tags)
            .Where(tag => tag.Key == "reason").Select(tag => $"`{tag.Value}`").Distinct().ToArray();
        Assert.NotEmpty(found);
        Assert.Subset(DocumentedTelemetry.Rows(heading).Select(row => row[0]).ToHashSet(), found.ToHashSet());
    }

    private static List<KeyValuePair<string, object?>> Tags(MetricSnapshot metric)
    {
        var tags = new List<KeyValuePair<string, object?>>();
        foreach (var point in metric.MetricPoints)
        {
            foreach (var tag in point.Tags)
            {
                tags.Add(tag);
            }
        }

        return tags;
    }

    private static string Quoted(IEnumerable<string> names) =>
        string.Join(", ", names.Distinct().Order(StringComparer.Ordinal).Select(name => $"`{name}`"));

    private static void AssertSame(IEnumerable<string> documented, IEnumerable<string> collected) => Assert.Equal(
        string.Join('\n', documented.Order(StringComparer.Ordinal)),
        string.Join('\n', collected.Distinct().Order(StringComparer.Ordinal)));
}
