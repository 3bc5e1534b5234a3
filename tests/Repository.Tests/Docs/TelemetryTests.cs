using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Transports;

namespace Repository.Tests.Docs;

/// <summary>Names and tags of what can be seen are API: <c>docs/telemetry.md</c> lists what there really is.</summary>
public class TelemetryTests
{
    private static readonly MarkdownFile Document = MarkdownFile.Load(SourceTree.PathOf("docs/telemetry.md"));

    private static readonly Assembly Core = SourceTree.Packages[0];

    /// <summary>The classes that record.</summary>
    private static readonly Type[] Metrics =
    [
        Core.GetType("Transports.Diagnostics.TransportMetrics", throwOnError: true)!,
        Core.GetType("Transports.Diagnostics.ServerMetrics", throwOnError: true)!,
    ];

    [Fact]
    public void Metrics_Documented_AreThoseCreated()
    {
        var tags = new Dictionary<Instrument, SortedSet<string>>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "Transports")
            {
                lock (tags)
                {
                    tags[instrument] = [];
                }

                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, found, _) => Add(instrument, found));
        listener.SetMeasurementEventCallback<double>((instrument, _, found, _) => Add(instrument, found));
        listener.SetMeasurementEventCallback<int>((instrument, _, found, _) => Add(instrument, found));
        Array.ForEach(Metrics, type => RuntimeHelpers.RunClassConstructor(type.TypeHandle));
        listener.Start();
        RecordEverything();

        var created = tags.Select(pair => string.Join(
            " | ",
            $"`{pair.Key.Name}`",
            pair.Key.GetType().Name.Split('`')[0],
            $"`{pair.Key.Unit}`",
            string.Join(", ", pair.Value.Select(tag => $"`{tag}`")),
            pair.Key.Description));
        AssertRows(created, "Metrics");

        void Add(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> found)
        {
            lock (tags)
            {
                foreach (var tag in found)
                {
                    tags[instrument].Add(tag.Key);
                }
            }
        }
    }

    [Fact]
    public void CloseReasons_Documented_AreThoseOfTheEnum() =>
        AssertFirstCells(Enum.GetNames<CloseReason>(), "Values of `reason`: closed connections");

    [Fact]
    public void CloseReasons_Explained_AreThoseOfTheEnum()
    {
        var guide = MarkdownFile.Load(SourceTree.PathOf("docs/shutdown-and-errors.md"));
        var explained = guide.Rows("Why a connection ended").Select(row => row[0].Trim('`'));
        Assert.Equal(
            Enum.GetNames<CloseReason>().Order(StringComparer.Ordinal), explained.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void DropReasons_Documented_AreThoseOfTheEnum()
    {
        var type = Core.GetType("Transports.Diagnostics.DropReason", throwOnError: true)!;
        var toTag = Core.GetType("Transports.Diagnostics.DropReasonTags", throwOnError: true)!.GetMethod("ToTag")!;
        var tags = Enum.GetValues(type).Cast<object>().Select(value => (string)toTag.Invoke(null, [value])!);
        AssertFirstCells(tags, "Values of `reason`: dropped messages");
    }

    [Fact]
    public void HandshakeFailures_Documented_AreThoseOfTheEnum()
    {
        var type = Core.GetType("Transports.Diagnostics.HandshakeFailure", throwOnError: true)!;
        var toTag = Core.GetType("Transports.Diagnostics.HandshakeFailures", throwOnError: true)!.GetMethod("ToTag")!;
        var tags = Enum.GetValues(type).Cast<object>().Select(value => (string)toTag.Invoke(null, [value])!);
        AssertFirstCells(tags, "Values of `reason`: failed handshakes");
    }

    [Fact]
    public void Spans_Documented_AreThoseStarted()
    {
        var tracing = Core.GetType("Transports.Diagnostics.TransportTracing", throwOnError: true)!;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Transports",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        var spans = tracing.GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(method => method.ReturnType == typeof(Activity))
            .Select(method =>
            {
                using var span = (Activity?)method.Invoke(null, SampleArguments(method));
                var tags = span!.TagObjects.Select(tag => $"`{tag.Key}`").Order(StringComparer.Ordinal);
                return $"`{span.OperationName}` | {span.Kind} | {string.Join(", ", tags)}";
            });
        AssertRows(spans, "Traces", columns: 3);
    }

    [Fact]
    public void Events_Documented_AreThoseLogged() => AssertRows(
        LogEvents().Select(log => $"{log.EventId} | `{log.EventName}` | {log.Level} | {log.Message}"), "Logs");

    [Fact]
    public void Events_HaveIdsAndNamesOfTheirOwn()
    {
        var events = LogEvents().ToArray();
        Assert.NotEmpty(events);
        Faults.AssertNone(events.GroupBy(log => log.EventId.ToString(CultureInfo.InvariantCulture))
            .Concat(events.GroupBy(log => log.EventName!))
            .Where(group => group.Count() > 1)
            .Select(group => group.Key));
        Assert.DoesNotContain(events, log => string.IsNullOrEmpty(log.EventName));
    }

    private static IEnumerable<LoggerMessageAttribute> LogEvents() => SourceTree.Packages
        .SelectMany(assembly => assembly.GetTypes())
        .SelectMany(type => type.GetMethods(
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance
            | BindingFlags.DeclaredOnly))
        .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
        .OfType<LoggerMessageAttribute>()
        .OrderBy(log => log.EventId);

    /// <summary>Calls every method that records, so that each instrument shows its tags.</summary>
    private static void RecordEverything()
    {
        foreach (var type in Metrics)
        {
            var metrics = Activator.CreateInstance(type, "test")!;
            foreach (var method in type.GetMethods(
                BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            {
                method.Invoke(metrics, SampleArguments(method));
            }
        }
    }

    private static object?[] SampleArguments(MethodInfo method) => [.. method.GetParameters().Select(parameter =>
        parameter.ParameterType == typeof(string) ? "test" : Activator.CreateInstance(parameter.ParameterType))];

    private static void AssertRows(IEnumerable<string> expected, string heading, int columns = int.MaxValue)
    {
        var documented = Document.Rows(heading).Select(row => string.Join(" | ", row.Take(columns))).ToHashSet();
        var real = expected.ToHashSet();
        Assert.NotEmpty(real);
        Assert.True(
            documented.SetEquals(real),
            $"{Document.Name}, {heading}: these rows are missing:\n{Lines(real.Except(documented))}\n"
            + $"and these are of nothing that exists:\n{Lines(documented.Except(real))}");
    }

    private static void AssertFirstCells(IEnumerable<string> expected, string heading) =>
        AssertRows(expected.Select(value => $"`{value}`"), heading, columns: 1);

    private static string Lines(IEnumerable<string> rows) => string.Join("\n", rows.Select(row => $"| {row} |"));
}
