using System.Net;
using Microsoft.Extensions.Logging;

namespace Transports.Diagnostics;

/// <summary>
/// Everything that transports log. What a peer does is Debug, what is our own defect is Error, and what the operator
/// should look at is Warning. Ids are never used again.
/// </summary>
internal static partial class TransportLog
{
    public const string Category = "Transports";

    [LoggerMessage(1, LogLevel.Information, "Listening on {EndPoint} ({Scheme})", EventName = "Listening")]
    public static partial void Listening(ILogger logger, EndPoint endPoint, string scheme);

    [LoggerMessage(2, LogLevel.Information, "Stopped listening on {EndPoint} ({Scheme})", EventName = "Stopped")]
    public static partial void Stopped(ILogger logger, EndPoint endPoint, string scheme);

    [LoggerMessage(3, LogLevel.Debug, "Connection {ConnectionId} opened with {Remote}", EventName = "ConnectionOpened")]
    public static partial void ConnectionOpened(ILogger logger, string connectionId, EndPoint remote);

    [LoggerMessage(4, LogLevel.Debug, "Connection {ConnectionId} closed: {Reason}", EventName = "ConnectionClosed")]
    public static partial void ConnectionClosed(
        ILogger logger, string connectionId, CloseReason reason, Exception? exception);

    [LoggerMessage(5, LogLevel.Error, "The handler faulted on {ConnectionId}", EventName = "HandlerFaulted")]
    public static partial void HandlerFaulted(ILogger logger, string connectionId, Exception exception);

    [LoggerMessage(6, LogLevel.Error, "The observer faulted on {ConnectionId}", EventName = "ObserverFaulted")]
    public static partial void ObserverFaulted(ILogger logger, string connectionId, Exception exception);

    [LoggerMessage(
        7, LogLevel.Warning,
        "Accepting on {EndPoint} failed and goes on: {Error}; {Suppressed} like it were not logged",
        EventName = "AcceptFailed")]
    public static partial void AcceptFailed(ILogger logger, EndPoint endPoint, string error, long suppressed);

    [LoggerMessage(8, LogLevel.Error, "The listener on {EndPoint} died", EventName = "ListenerDied")]
    public static partial void ListenerDied(ILogger logger, EndPoint endPoint, Exception exception);

    [LoggerMessage(
        9, LogLevel.Warning,
        "A connection was refused on {EndPoint} ({Reason}); {Suppressed} like it were not logged",
        EventName = "ConnectionRefused")]
    public static partial void ConnectionRefused(
        ILogger logger, EndPoint endPoint, CloseReason reason, long suppressed);

    [LoggerMessage(
        10, LogLevel.Warning, "Receiving on {EndPoint} failed and goes on; {Suppressed} like it were not logged",
        EventName = "ReceiveFailed")]
    public static partial void ReceiveFailed(ILogger logger, EndPoint endPoint, long suppressed, Exception exception);

    [LoggerMessage(
        11, LogLevel.Warning, "Datagrams were dropped on {EndPoint} ({Reason}); {Suppressed} like it were not logged",
        EventName = "DatagramDropped")]
    public static partial void DatagramDropped(
        ILogger logger, EndPoint endPoint, DropReason reason, long suppressed, Exception? exception);

    [LoggerMessage(
        12, LogLevel.Warning, "The receive buffer on {EndPoint} is {Granted} bytes; {Asked} were asked for",
        EventName = "ReceiveBufferClamped")]
    public static partial void ReceiveBufferClamped(ILogger logger, EndPoint endPoint, int granted, int asked);

    [LoggerMessage(
        13, LogLevel.Warning, "Stopping {EndPoint}: {Count} connections or messages were aborted at the deadline",
        EventName = "DrainAborted")]
    public static partial void DrainAborted(ILogger logger, EndPoint endPoint, int count);

    [LoggerMessage(14, LogLevel.Debug, "Driver {Driver}, {Threads} reactor threads: {Why}", EventName = "DriverChosen")]
    public static partial void DriverChosen(ILogger logger, TransportDriver driver, int threads, string why);

    [LoggerMessage(
        18, LogLevel.Debug, "Connections that are ready together send by one system call: {Gathered} ({Why})",
        EventName = "SendsGathered")]
    public static partial void SendsGathered(ILogger logger, bool gathered, string why);

    [LoggerMessage(
        30, LogLevel.Debug,
        "UDP on {EndPoint}: {Shards} shards, up to {Batch} datagrams at once, joins sends: {Gso}, receives: {Gro}",
        EventName = "UdpCapabilities")]
    public static partial void UdpCapabilities(
        ILogger logger, EndPoint endPoint, int shards, int batch, bool gso, bool gro);

    [LoggerMessage(
        31, LogLevel.Debug, "UDP on {EndPoint}: receive buffer of {Granted} bytes granted, {Asked} asked for",
        EventName = "ReceiveBuffer")]
    public static partial void ReceiveBuffer(ILogger logger, EndPoint endPoint, int granted, int asked);

    [LoggerMessage(
        32, LogLevel.Warning,
        "UDP on {EndPoint}: the receive buffer was full, {Total} datagrams were lost so far; see ReceiveBufferBytes",
        EventName = "ReceiveOverflowed")]
    public static partial void ReceiveOverflowed(ILogger logger, EndPoint endPoint, uint total);
}
