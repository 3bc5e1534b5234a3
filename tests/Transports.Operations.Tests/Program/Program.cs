using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Transports.Operations.Tests;

/// <summary>
/// The server that the tests start as a process: <c>NAME DRAIN-DELAY ENDPOINT...</c>. An endpoint of the form
/// <c>agent=tcp://...</c> tells a load balancer whether it is ready. At its end it prints what it has handled.
/// </summary>
internal static class Program
{
    private const string Agent = "agent=";

    public static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["lost-network", var lost]:
                return await LostNetwork.RunAsync(lost);
            case ["set-clock", var offset]:
                return await SetClock.RunAsync(offset);
        }

        if (arguments is ["connect", var uri])
        {
            await using var connection = await TransportEndpoint.Parse(uri).ConnectAsync();
            await connection.SendAsync("hello");
            await connection.Completion;
            return 0;
        }

        using var accounts = arguments[0] == "accounts" ? new Accounts() : null;
        var counter = new CountingHandler(arguments[0]);
        var handler = (IMessageHandler?)accounts ?? counter;
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
        var transports = builder.Services.AddTransports();
        foreach (var (name, endpoints) in arguments[2..].GroupBy(IsAgent).Select(group => (group.Key, group)))
        {
            transports.AddServer(name ? "agent" : "service", server =>
            {
                foreach (var endpoint in endpoints)
                {
                    server.Listen(name ? endpoint[Agent.Length..] : endpoint);
                }

                _ = name ? server.Handle(provider => new ReadinessAgent(provider)) : server.Handle(handler);
            });
        }

        transports.AddHosting(hosting => hosting.DrainDelay = TimeSpan.Parse(arguments[1], null));
        using var host = builder.Build();
        await host.StartAsync();
        foreach (var listener in host.Services.GetServices<TransportServer>().SelectMany(server => server.Listeners))
        {
            Console.WriteLine($"{listener.Uri}");
        }

        await host.WaitForShutdownAsync();
        if (accounts is not null)
        {
            accounts.Print();
            return 0;
        }

        Console.WriteLine($"handled {counter.Handled}, answered {counter.Answered}");
        return 0;
    }

    private static bool IsAgent(string endpoint) => endpoint.StartsWith(Agent, StringComparison.Ordinal);
}
