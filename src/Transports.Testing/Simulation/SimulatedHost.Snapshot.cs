using System.Globalization;
using System.Net;
using System.Text;

namespace Transports.Testing;

public sealed partial class SimulatedHost
{
    internal void AppendTo(StringBuilder text)
    {
        foreach (var channel in Datagrams.Channels.ToArray())
        {
            var waits = channel.IsWaiting ? "receive" : "";
            Append(text, "udp", channel.ReceivedBytes, 0, channel.LocalEndPoint, channel.RemoteEndPoint, "", waits);
        }

        foreach (var listener in Streams.Listeners.ToArray())
        {
            var waits = listener.IsAccepting ? "accept" : "";
            Append(text, "tcp", listener.Waiting, 0, listener.LocalEndPoint, null, "LISTEN", waits);
        }

        foreach (var connection in Streams.Connections.ToArray())
        {
            var waits = (connection.Connected.IsArmed, connection.Readable.IsArmed, connection.Writable.IsArmed) switch
            {
                (true, _, _) => "connect",
                (_, true, true) => "receive, send",
                (_, true, _) => "receive",
                (_, _, true) => "send",
                _ => "",
            };
            Append(
                text,
                "tcp",
                connection.UnreadBytes,
                connection.UnsentBytes,
                connection.LocalEndPoint,
                connection.RemoteEndPoint,
                connection.StateName,
                waits);
        }
    }

    private static void Append(
        StringBuilder text,
        string protocol,
        int received,
        int unsent,
        EndPoint local,
        EndPoint? remote,
        string state,
        string waits)
    {
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{protocol,-5} {received,6} {unsent,6} {local,-21} {remote?.ToString() ?? "*:*",-21} {state,-12} {waits}");
        text.AppendLine(line.TrimEnd());
    }
}
