using System.Diagnostics;
using System.Net;
using Transports.Requests;

namespace Transports.Operations.Tests;

/// <summary>
/// Runs in a network namespace of its own: serves on an address that is taken away, or whose interface is switched off,
/// and that comes back.
/// </summary>
internal static class LostNetwork
{
    private const string Address = "10.97.53.1";

    private static readonly RequestClientOptions Patient = new()
    {
        Timeout = TimeSpan.FromSeconds(60),
        SilenceTimeout = TimeSpan.FromSeconds(60),
    };

    private static readonly RequestClientOptions Impatient = new() { Timeout = TimeSpan.FromSeconds(1) };

    public static async Task<int> RunAsync(string lost)
    {
        var (lose, giveBack) = lost == "address"
            ? ($"address delete {Address}/32 dev lo", $"address add {Address}/32 dev lo")
            : ("link set lo down", "link set lo up");
        Ip("link set lo up");
        Ip($"address add {Address}/32 dev lo");
        var endPoint = new IPEndPoint(IPAddress.Parse(Address), 0);
        await using var server = TransportServer.Create("here", server => server
            .ListenTcp(endPoint).ListenUdp(endPoint)
            .Handle((context, token) => context.ReplyAsync(context.Payload.Span, token)));
        await server.StartAsync();
        await AskAllAsync(server, Patient);
        var tcp = server.Listeners[0];
        await using var standing = new RequestClient(tcp.Transport, tcp.LocalEndPoint, Patient);
        await standing.RequestAsync("hello");

        Ip(lose);
        var late = standing.RequestAsync("late");

        // Without a route a request fails by itself, however long this process takes to notice.
        var options = lost == "address" ? Patient : Impatient;
        foreach (var listener in server.Listeners)
        {
            try
            {
                await AskAsync(listener, options);
                throw new InvalidOperationException($"{listener} was reached without its {lost}.");
            }
            catch (TransportException exception)
            {
                Console.WriteLine($"{listener.Uri.Scheme}: not reached, {exception.GetType().Name}");
            }
        }

        if (server.Fault is not null || server.Completion.IsCompleted)
        {
            throw new InvalidOperationException($"A listener died with its {lost}.", server.Fault);
        }

        Ip(giveBack);
        Console.WriteLine($"a standing connection: {(await late).Length} bytes");
        await AskAllAsync(server, Patient);
        Console.WriteLine("served again");
        return 0;
    }

    private static async Task AskAllAsync(TransportServer server, RequestClientOptions options)
    {
        foreach (var listener in server.Listeners)
        {
            await AskAsync(listener, options);
        }
    }

    private static async Task AskAsync(ServerListener listener, RequestClientOptions options)
    {
        await using var client = new RequestClient(listener.Transport, listener.LocalEndPoint, options);
        await client.RequestAsync("hello");
    }

    private static void Ip(string arguments)
    {
        using var ip = Process.Start("ip", arguments);
        ip.WaitForExit();
        if (ip.ExitCode != 0)
        {
            throw new InvalidOperationException($"ip {arguments} failed.");
        }
    }
}
