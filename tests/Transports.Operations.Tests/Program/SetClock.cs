using System.Diagnostics;
using System.Net;
using Transports.Requests;

namespace Transports.Operations.Tests;

/// <summary>
/// Runs with a calendar clock of its own, whose offset in seconds stands in a file: serves while it is set years on,
/// and years back.
/// </summary>
internal static class SetClock
{
    private static readonly TimeSpan Years = TimeSpan.FromDays(3650);
    private static readonly TimeSpan HastyTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(string offset)
    {
        var endPoint = new IPEndPoint(IPAddress.Loopback, 0);
        await using var server = TransportServer.Create("here", server => server
            .ListenTcp(endPoint, tcp => tcp.IdleTimeout = TimeSpan.FromHours(1))
            .ListenUdp(endPoint)
            .Handle(async (context, token) =>
            {
                if (context.Payload.Span.SequenceEqual("never"u8))
                {
                    await Task.Delay(Timeout.Infinite, token);
                }

                await context.ReplyAsync(context.Payload.Span, token);
            }));
        await server.StartAsync();
        var tcp = server.Listeners[0];
        await using var idle = await tcp.Transport.ConnectAsync(tcp.LocalEndPoint);
        foreach (var jump in new[] { Years, -Years, TimeSpan.Zero })
        {
            await using var hasty = NewClient(tcp, HastyTimeout);
            var start = Stopwatch.GetTimestamp();
            var never = hasty.RequestAsync("never").AsTask();
            var before = DateTimeOffset.UtcNow;
            await File.WriteAllBytesAsync(offset, BitConverter.GetBytes((long)jump.TotalSeconds));
            var years = (int)Math.Round((DateTimeOffset.UtcNow - before) / Years) * 10;

            foreach (var listener in server.Listeners)
            {
                await using var client = NewClient(listener, Patience);
                await client.RequestAsync("hello");
            }

            await ExpectTimeoutAsync(never);
            var isEarly = Stopwatch.GetElapsedTime(start) < 0.9 * HastyTimeout;
            Console.WriteLine($"{years} years: served, {(isEarly ? "a" : "no")} time-out came early");
        }

        // Neither an hour nor ten years of silence have passed.
        await idle.SendAsync("hello");
        await idle.ReceiveAsync().AsTask().WaitAsync(Patience);
        Console.WriteLine(server.Fault is null ? "still there" : $"{server.Fault}");
        return 0;
    }

    private static RequestClient NewClient(ServerListener listener, TimeSpan timeout) =>
        new(listener.Transport, listener.LocalEndPoint, new() { Timeout = timeout });

    private static async Task ExpectTimeoutAsync(Task never)
    {
        try
        {
            await never.WaitAsync(Patience);
            throw new InvalidOperationException("What is never answered was answered.");
        }
        catch (RequestTimeoutException)
        {
            // As it should.
        }
    }
}
