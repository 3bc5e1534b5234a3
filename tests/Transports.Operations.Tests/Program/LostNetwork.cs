using System.Diagnostics;
using System.Net;
using Transports.Requests;

namespace Transports.Operations.Tests;

/// <summary>
/// Runs in a network namespace of its own: serves on an address that is taken away and given back meanwhile.
/// </summary>
internal static class LostAddress
{
    private static readonly RequestClientOptions Patient = new() { Timeout = TimeSpan.FromSeconds(30) };
    private static readonly RequestClientOptions Impatient = new() { Timeout = TimeSpan.FromSeconds(1) };

    public static async Task<int> RunAsync(string address)
    {
        Ip("link set lo up");
        Ip($"address add {address}/32 dev lo");
        var endPoint = new IPEndPoint(IPAddress.Parse(address), 0);
        await using var server = TransportServer.Create("here", server => server
            .ListenTcp(endPoint).ListenUdp(endPoint)
            .Handle((context, token) => context.ReplyAsync(context.Payload.Span, token)));
        await server.StartAsync();
        await AskAllAsync(server, Patient);

        Ip($"address delete {address}/32 dev lo");
        Ip("route flush cache");
        foreach (var listener in server.Listeners)
        {
            try
            {
                await AskAsync(listener, Impatient);
                throw new InvalidOperationException($"{listener} was reached without its address.");
            }
            catch (TransportException exception)
            {
                Console.WriteLine($"{listener.Uri.Scheme}: {exception.GetType().Name}");
            }
        }

        if (server.Fault is not null || server.Completion.IsCompleted)
        {
            throw new InvalidOperationException("A listener died with its address.", server.Fault);
        }

        Ip($"address add {address}/32 dev lo");
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
