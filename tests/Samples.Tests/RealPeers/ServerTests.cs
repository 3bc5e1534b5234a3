using System.Net;
using System.Net.Sockets;
using Transports;

namespace Samples.Tests.RealPeers;

/// <summary>The upper-case server as a process, and programs that know nothing of this library.</summary>
public sealed class ServerTests
{
    [ProgramFact("python3")]
    public async Task PythonClient_OverUdp_IsAnswered() =>
        await AskAsync("udp_client.py", "udp://127.0.0.1:0");

    [ProgramFact("python3")]
    public async Task PythonClient_OverRawTcp_IsAnswered() =>
        await AskAsync("tcp_client.py", "tcp://127.0.0.1:0?framing=raw");

    [ProgramFact("python3")]
    public async Task PythonClient_WithLinesOverTcp_IsAnsweredThoughItHasClosedItsSide() =>
        await AskAsync("tcp_lines_client.py", "tcp://127.0.0.1:0?framing=lines");

    [ProgramFact("nc")]
    public async Task Netcat_OverUdp_IsAnswered() => await AskNetcatAsync("udp://127.0.0.1:0", "-u");

    [ProgramFact("nc")]
    public async Task Netcat_OverRawTcp_IsAnswered() => await AskNetcatAsync("tcp://127.0.0.1:0?framing=raw");

    [ProgramFact("nc")]
    public async Task Netcat_WithLinesOverTcp_IsAnswered() => await AskNetcatAsync("tcp://127.0.0.1:0?framing=lines");

    [ProgramFact("kill")]
    public async Task Terminate_WhileAPeerIsConnected_ClosesAndEndsWithZero()
    {
        await using var server = await SampleServer.StartAsync("tcp://127.0.0.1:0?framing=lines", "udp://127.0.0.1:0");
        await using var connection = await TransportEndpoint.Parse(server.Uris[0]).ConnectAsync();
        await connection.SendAsync("hello");
        Assert.Equal("HELLO", await connection.ReceiveTextAsync());

        await server.Program.SignalAsync("TERM");

        Assert.Equal(CloseReason.RemoteClosed, await connection.Completion);
        var (exitCode, output, errors) = await server.Program.EndAsync();
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Empty(output);
    }

    [Fact]
    public async Task Start_PortInUse_SaysSoInOneLine()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var uri = $"tcp://{other.LocalEndpoint}";

        await AssertFailsAsync([uri, "--endpoint"], RunningProgram.StartSample("Uppercase.Server", "--endpoint", uri));
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:99999", "99999")]
    [InlineData("tcp://127.0.0.1:0?framing=morse", "morse")]
    [InlineData("smtp://127.0.0.1:0", "smtp")]
    [InlineData("127.0.0.1:0", "127.0.0.1:0")]
    public async Task Start_BadUri_NamesTheArgument(string uri, string named) =>
        await AssertFailsAsync(
            ["--endpoint", named], RunningProgram.StartSample("Uppercase.Server", "--endpoint", uri));

    [Fact]
    public async Task Start_BadUriInConfiguration_NamesTheKey() =>
        await AssertFailsAsync(
            ["Transports:Servers:uppercase:Endpoints:2", "99999"],
            RunningProgram.StartSample(
                "Uppercase.Server", [], ("Transports__Servers__uppercase__Endpoints__2", "udp://127.0.0.1:99999")));

    [Fact]
    public async Task Start_UnknownOption_Fails()
    {
        await using var server = RunningProgram.StartSample("Uppercase.Server", "--endpiont", "udp://127.0.0.1:0");

        var (exitCode, _, errors) = await server.EndAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("--endpiont", errors, StringComparison.Ordinal);
    }

    private static async Task AskAsync(string script, string endpoint)
    {
        await using var server = await SampleServer.StartAsync(endpoint);
        await using var client = RunningProgram.StartPython(script, "127.0.0.1", server.Port);

        await client.WriteAsync("hello, world\ngrüße\n\u0250\n");
        client.EndInput();

        var (exitCode, output, errors) = await client.EndAsync();
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Equal(["HELLO, WORLD", "GRÜßE", "\u2C6F"], output);
    }

    private static async Task AskNetcatAsync(string endpoint, params string[] arguments)
    {
        await using var server = await SampleServer.StartAsync(endpoint);
        await using var netcat = RunningProgram.Start("nc", [.. arguments, "127.0.0.1", server.Port]);

        // One after the other: over datagrams, and without framing, two lines may arrive as one.
        foreach (var line in (string[])["hello, nc", "bye"])
        {
            await netcat.WriteAsync($"{line}\n");
            Assert.Equal(line.ToUpperInvariant(), await netcat.ReadLineAsync());
        }
    }

    private static async Task AssertFailsAsync(string[] named, RunningProgram program)
    {
        await using var server = program;
        var (exitCode, output, errors) = await server.EndAsync();
        Assert.Equal(1, exitCode);
        Assert.Empty(output);
        var line = Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.All(named, name => Assert.Contains(name, line, StringComparison.Ordinal));
    }
}
