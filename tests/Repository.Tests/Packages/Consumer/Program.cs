using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Transports;
using Transports.Requests;
using Transports.Testing;

var upper = MessageHandler.FromText(text => text.ToUpperInvariant());
var loopback = new IPEndPoint(IPAddress.Loopback, 0);

Console.WriteLine($"memory: {await AskAsync(new InMemoryTransport(), new InMemoryEndPoint("upper"), "hello")}");
Console.WriteLine($"tcp: {await AskAsync(new TcpTransport(), loopback, "hello")}");
Console.WriteLine($"udp: {await AskAsync(new UdpTransport(), loopback, "hello")}");

// Transports.Testing
Console.WriteLine($"testing: {string.Join(", ", await upper.HandleTextAsync("hello"))}");

// Transports.Hosting
var builder = Host.CreateApplicationBuilder();
builder.Logging.ClearProviders();
builder.Services.AddTransports()
    .AddServer("upper", server => server.ListenTcp(loopback).Handle(upper))
    .AddHosting();
using var host = builder.Build();
await host.StartAsync();
var served = host.Services.GetServices<TransportServer>().Single().Listeners[0].LocalEndPoint;
await using (var client = new RequestClient(
    new TcpTransport(), served, new RequestClientOptions()))
{
    Console.WriteLine($"hosting: {await client.RequestAsync("hello")}");
}

await host.StopAsync();

async Task<string> AskAsync(ITransport transport, EndPoint endPoint, string text)
{
    await using var listener = await transport.ListenAsync(endPoint, upper);
    await using var connection = await transport.ConnectAsync(listener.LocalEndPoint);
    await connection.SendAsync(text);
    return await connection.ReceiveTextAsync();
}
