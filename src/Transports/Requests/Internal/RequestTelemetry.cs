using System.Net;
using Microsoft.Extensions.Logging;
using Transports.Diagnostics;

namespace Transports.Requests;

/// <summary>What a client logs and counts. All of it is what a peer or a network does, hence Debug.</summary>
internal sealed partial class RequestTelemetry(ILogger logger, string scheme, EndPoint remote)
{
    public const string Category = "Transports.Requests";

    private readonly TransportMetrics _metrics = new(scheme);

    public void LateReply()
    {
        _metrics.MessageDropped(DropReason.LateReply);
        LogLateReply(logger, remote);
    }

    public void UnsolicitedReply()
    {
        _metrics.MessageDropped(DropReason.UnsolicitedReply);
        LogUnsolicitedReply(logger, remote);
    }

    public void ConnectFailed(TimeSpan delay, Exception exception) =>
        LogConnectFailed(logger, remote, delay, exception);

    public void ConnectionLost(CloseReason reason, int pending, Exception? exception) =>
        LogConnectionLost(logger, remote, reason, pending, exception);

    public void CloseFailed(Exception exception) => LogCloseFailed(logger, remote, exception);

    public void SendFailed(int transmission, Exception exception) =>
        LogSendFailed(logger, transmission, remote, exception);

    [LoggerMessage(
        101, LogLevel.Debug, "A reply from {Remote} came after its request was given up and was dropped",
        EventName = "LateReply")]
    private static partial void LogLateReply(ILogger logger, EndPoint remote);

    [LoggerMessage(
        102, LogLevel.Debug, "{Remote} sent a reply that nobody had asked for; the connection is closed as broken",
        EventName = "UnsolicitedReply")]
    private static partial void LogUnsolicitedReply(ILogger logger, EndPoint remote);

    [LoggerMessage(
        103, LogLevel.Debug, "Connecting to {Remote} failed; the next attempt is {Delay} away at least",
        EventName = "RequestConnectFailed")]
    private static partial void LogConnectFailed(ILogger logger, EndPoint remote, TimeSpan delay, Exception exception);

    [LoggerMessage(
        104, LogLevel.Debug, "The connection to {Remote} ended ({Reason}) with {Pending} requests unanswered",
        EventName = "RequestConnectionLost")]
    private static partial void LogConnectionLost(
        ILogger logger, EndPoint remote, CloseReason reason, int pending, Exception? exception);

    [LoggerMessage(
        105, LogLevel.Debug, "Closing the connection to {Remote} failed", EventName = "RequestCloseFailed")]
    private static partial void LogCloseFailed(ILogger logger, EndPoint remote, Exception exception);

    [LoggerMessage(
        106, LogLevel.Debug, "Transmission {Transmission} of a request to {Remote} failed and counts as lost",
        EventName = "RequestSendFailed")]
    private static partial void LogSendFailed(ILogger logger, int transmission, EndPoint remote, Exception exception);
}
