using System.Net;
using Transports;

var upper = MessageHandler.FromText(text => text.ToUpperInvariant());
var loopback = new IPEndPoint(IPAddress.Loopback, 0);

Console.WriteLine($"memory: {await AskAsync(new InMemoryTransport(), new InMemoryEndPoint("upper"), "hello")}");
Console.WriteLine($"tcp: {await AskAsync(new TcpTransport(new TcpTransportOptions()), loopback, "hello")}");
Console.WriteLine($"udp: {await AskAsync(new UdpTransport(new UdpTransportOptions()), loopback, "hello")}");

async Task<string> AskAsync(ITransport transport, EndPoint endPoint, string text)
{
    await using var listener = await transport.ListenAsync(endPoint, upper);
    await using var connection = await transport.ConnectAsync(listener.LocalEndPoint);
    await connection.SendAsync(text);
    return await connection.ReceiveTextAsync();
}
