using System.Diagnostics.Metrics;

namespace Transports.Diagnostics;

/// <summary>
/// The instruments of the meter <c>Transports</c>. Their names, units and tags are API, listed in
/// <c>docs/telemetry.md</c>. One instance per transport carries its tag; nothing is computed while nobody listens.
/// </summary>
internal sealed class TransportMetrics(string scheme)
{
    public const string MeterName = "Transports";

    private static readonly Meter Meter = new(MeterName);

    private static readonly UpDownCounter<long> ActiveConnections = Meter.CreateUpDownCounter<long>(
        "transports.connections.active", "{connection}", "Connections that are open now.");

    private static readonly Counter<long> ClosedConnections = Meter.CreateCounter<long>(
        "transports.connections.closed", "{connection}", "Connections that have ended, by reason.");

    private static readonly Counter<long> MessagesReceived = Meter.CreateCounter<long>(
        "transports.messages.received", "{message}", "Messages received.");

    private static readonly Counter<long> MessagesSent = Meter.CreateCounter<long>(
        "transports.messages.sent", "{message}", "Messages sent.");

    private static readonly Counter<long> BytesReceived = Meter.CreateCounter<long>(
        "transports.bytes.received", "By", "Bytes received, with what frames them.");

    private static readonly Counter<long> BytesSent = Meter.CreateCounter<long>(
        "transports.bytes.sent", "By", "Bytes sent, with what frames them.");

    private static readonly Histogram<double> HandlerDuration = Meter.CreateHistogram<double>(
        "transports.handler.duration", "s", "How long the handler took for a message.");

    private static readonly Counter<long> Dropped = Meter.CreateCounter<long>(
        "transports.messages.dropped", "{message}", "Messages that were dropped, by reason.");

    private static readonly Counter<long> AcceptErrors = Meter.CreateCounter<long>(
        "transports.accept.errors", "{error}", "Attempts to accept a connection that failed; the loop went on.");

    private static readonly Counter<long> ReceiveErrors = Meter.CreateCounter<long>(
        "transports.receive.errors", "{error}", "Receives of a datagram that failed; the loop went on.");

    private static readonly Gauge<long> ReceiveBuffer = Meter.CreateGauge<long>(
        "transports.udp.receive_buffer", "By", "The receive buffer that the system granted a UDP socket.");

    private static readonly Counter<long> ReceiveOverflows = Meter.CreateCounter<long>(
        "transports.udp.receive_overflows", "{message}", "Datagrams that a socket's receive buffer had no room for.");

    private static readonly UpDownCounter<long> PendingHandshakes = Meter.CreateUpDownCounter<long>(
        "transports.handshakes.pending", "{handshake}", "Streams that were accepted and are not yet connections.");

    private static readonly Histogram<double> HandshakeDuration = Meter.CreateHistogram<double>(
        "transports.handshake.duration", "s", "How long a handshake took, whatever became of it.");

    private static readonly Counter<long> FailedHandshakes = Meter.CreateCounter<long>(
        "transports.handshakes.failed", "{handshake}", "Handshakes that led to no connection, by reason.");

    private readonly KeyValuePair<string, object?> _transport = new("transport", scheme);

    public static bool HandlerDurationEnabled => HandlerDuration.Enabled;

    public void ConnectionOpened() => ActiveConnections.Add(1, _transport);

    public void ConnectionClosed(CloseReason reason)
    {
        ActiveConnections.Add(-1, _transport);
        ConnectionEnded(reason);
    }

    /// <summary>A connection that was refused before it counted as active.</summary>
    public void ConnectionRefused(CloseReason reason) => ConnectionEnded(reason);

    public void HandshakeStarted() => PendingHandshakes.Add(1, _transport);

    public void HandshakeEnded(TimeSpan duration)
    {
        PendingHandshakes.Add(-1, _transport);
        HandshakeDuration.Record(duration.TotalSeconds, _transport);
    }

    public void HandshakeFailed(HandshakeFailure failure)
    {
        if (FailedHandshakes.Enabled)
        {
            FailedHandshakes.Add(1, _transport, new KeyValuePair<string, object?>("reason", failure.ToTag()));
        }
    }

    public void Received(long messages, long bytes)
    {
        if (MessagesReceived.Enabled || BytesReceived.Enabled)
        {
            MessagesReceived.Add(messages, _transport);
            BytesReceived.Add(bytes, _transport);
        }
    }

    public void Sent(long messages, long bytes)
    {
        if (MessagesSent.Enabled || BytesSent.Enabled)
        {
            MessagesSent.Add(messages, _transport);
            BytesSent.Add(bytes, _transport);
        }
    }

    public void MessageDropped(DropReason reason)
    {
        if (Dropped.Enabled)
        {
            Dropped.Add(1, _transport, new KeyValuePair<string, object?>("reason", reason.ToTag()));
        }
    }

    public void Handled(TimeSpan duration) => HandlerDuration.Record(duration.TotalSeconds, _transport);

    public void AcceptFailed() => AcceptErrors.Add(1, _transport);

    public void ReceiveFailed(string error)
    {
        if (ReceiveErrors.Enabled)
        {
            ReceiveErrors.Add(1, _transport, new KeyValuePair<string, object?>("error", error));
        }
    }

    public void ReceiveBufferGranted(int bytes) => ReceiveBuffer.Record(bytes, _transport);

    public void ReceiveOverflowed(long messages) => ReceiveOverflows.Add(messages, _transport);

    private void ConnectionEnded(CloseReason reason)
    {
        if (ClosedConnections.Enabled)
        {
            ClosedConnections.Add(1, _transport, new KeyValuePair<string, object?>("reason", reason.ToString()));
        }
    }
}
