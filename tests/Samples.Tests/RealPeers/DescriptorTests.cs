using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Transports;

namespace Samples.Tests.RealPeers;

/// <summary>A server whose process is out of descriptors serves on, and accepts again when there are some.</summary>
public class DescriptorTests
{
    private const int Flood = 400;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Drivers => ["portable", "reactor"];

    /// <summary>400 connections to a process that may have 250 descriptors.</summary>
    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Flood_MoreThanTheProcessMayOpen_IsSurvived(string driver)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        await using var server = RunningProgram.StartSample(
            "Uppercase.Server", 250, "--endpoint", $"tcp://127.0.0.1:0?framing=lines&driver={driver}");
        var line = await server.ReadLineAsync();
        var port = int.Parse(line.Split(':')[^1].Split('?')[0], CultureInfo.InvariantCulture);
        var endpoint = TransportEndpoint.Parse(
            string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{port}?framing=lines"));
        await using var before = await endpoint.ConnectAsync();
        await AssertServesAsync(before);

        var flood = new List<Socket>();
        for (var i = 0; i < Flood; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port)).WaitAsync(Patience);
            flood.Add(socket);
        }

        // While it can accept nobody it still serves who is there.
        await AssertServesAsync(before);
        flood.ForEach(socket => socket.Dispose());

        await using var after = await endpoint.ConnectAsync();
        await AssertServesAsync(after);
        await AssertServesAsync(before);
        await server.SignalAsync("TERM");
        var (exitCode, _, errors) = await server.EndAsync();
        Assert.Equal(0, exitCode);
        Assert.Contains("goes on", errors, StringComparison.Ordinal);
    }

    private static async Task AssertServesAsync(IConnection connection)
    {
        await connection.SendAsync("hello");
        Assert.Equal("HELLO", await connection.ReceiveTextAsync().AsTask().WaitAsync(Patience));
    }
}
