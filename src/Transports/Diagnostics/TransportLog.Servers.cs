using System.Net;
using Microsoft.Extensions.Logging;

namespace Transports.Diagnostics;

/// <summary>What a server as a whole logs.</summary>
internal static partial class TransportLog
{
    [LoggerMessage(
        50, LogLevel.Warning,
        "Server {Server} is overloaded and sheds load: {Memory} bytes of memory, {Connections} connections, "
        + "{InFlight} messages in flight",
        EventName = "Overloaded")]
    public static partial void Overloaded(ILogger logger, string server, long memory, int connections, int inFlight);

    [LoggerMessage(
        51, LogLevel.Information,
        "Server {Server} is no longer overloaded after {Duration}: {Memory} bytes of memory, "
        + "{Connections} connections, {InFlight} messages in flight",
        EventName = "OverloadEnded")]
    public static partial void OverloadEnded(
        ILogger logger, string server, TimeSpan duration, long memory, int connections, int inFlight);

    [LoggerMessage(
        52, LogLevel.Warning,
        "Server {Server}: a message of {Remote} is over the limit of its {Limit}; {Suppressed} like it were not logged",
        EventName = "MessagesLimited")]
    public static partial void MessagesLimited(
        ILogger logger, string server, EndPoint remote, string limit, long suppressed);
}
