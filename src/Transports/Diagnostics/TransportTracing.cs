using System.Diagnostics;

namespace Transports.Diagnostics;

/// <summary>The spans of the activity source <c>Transports</c>; listed in <c>docs/telemetry.md</c>.</summary>
internal static class TransportTracing
{
    public const string SourceName = "Transports";

    private static readonly ActivitySource Source = new(SourceName);

    public static bool Enabled => Source.HasListeners();

    /// <summary>The span of one message's handling.</summary>
    public static Activity? StartHandling(string scheme, string connectionId, int bytes)
    {
        var activity = Source.StartActivity("transports.handle", ActivityKind.Server);
        activity?.SetTag("transport", scheme);
        activity?.SetTag("connection.id", connectionId);
        activity?.SetTag("message.bytes", bytes);
        return activity;
    }

    public static void Fail(Activity? activity, Exception exception) =>
        activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
}
