using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Transports.Hosting.Tests;

/// <summary>Hosts with servers, as a program would build them.</summary>
internal static class HostedServers
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static IMessageHandler Upper { get; } = MessageHandler.FromText(text => text.ToUpperInvariant());

    public static IHost Build(
        Action<ITransportsBuilder> configure,
        IEnumerable<(string Key, string? Value)>? configuration = null,
        Action<TransportsHostingOptions>? hosting = null)
    {
        var settings = new HostApplicationBuilderSettings { EnvironmentName = Environments.Development };
        var builder = Host.CreateApplicationBuilder(settings);
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(
            (configuration ?? []).Select(pair => KeyValuePair.Create("Transports:" + pair.Key, pair.Value)));
        var transports = builder.Services.AddTransports();
        configure(transports);
        transports.AddHosting(hosting);
        return builder.Build();
    }

    public static ITransportsBuilder AddUpper(this ITransportsBuilder transports, string name) =>
        transports.AddServer(name, server => server.ListenInMemory(name).Handle(Upper));

    public static TransportServer Server(this IHost host, string name) =>
        host.Services.GetRequiredKeyedService<TransportServer>(name);

    public static async Task<string> AskAsync(this ServerListener listener, string text)
    {
        await using var client = await listener.Transport.ConnectAsync(listener.LocalEndPoint);
        await client.SendAsync(text);
        return await client.ReceiveTextAsync().AsTask().WaitAsync(Limit);
    }

    public static Task InTime(this Task task) => task.WaitAsync(Limit);
}
