using System.Net;
using System.Net.Sockets;

namespace Samples.Tests.RealPeers;

/// <summary>The client as a process, and servers that know nothing of this library.</summary>
public sealed class ClientTests
{
    [ProgramFact("python3")]
    public async Task Udp_PythonServer_ShowsEveryReply()
    {
        await using var server = RunningProgram.StartPython("udp_server.py");
        await using var client = await StartAsync("udp", server);

        await AssertShowsAsync(client, "hello\n\nworld\n", "HELLO", "", "WORLD");
    }

    [ProgramFact("python3")]
    public async Task Udp_ServerThatLosesDatagrams_IsAskedAgain()
    {
        await using var server = RunningProgram.StartPython("udp_server.py", "2");
        await using var client = await StartAsync("udp", server, "", "--timeout", "30");

        await AssertShowsAsync(client, "hello\n", "HELLO");
    }

    [Fact]
    public async Task Udp_NobodyAnswers_SaysWhichLineAndEndsWithOne()
    {
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var uri = $"udp://{silent.Client.LocalEndPoint}";
        await using var client = RunningProgram.StartSample("Uppercase.Client", uri, "--timeout", "0.5");

        await client.WriteAsync("hello\nworld\n");
        client.EndInput();

        var (exitCode, output, errors) = await client.EndAsync();
        Assert.Equal(1, exitCode);
        Assert.Empty(output);
        Assert.Equal(
            [$"No answer from {uri} to: hello", $"No answer from {uri} to: world"],
            errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [ProgramFact("python3")]
    public async Task RawTcp_PythonServerOfOneReply_ShowsItAndEndsWithTheInput()
    {
        await using var server = RunningProgram.StartPython("tcp_server.py");
        await using var client = await StartAsync("tcp", server, "?framing=raw");

        await AssertShowsAsync(client, "hello\n", "HELLO");
    }

    [ProgramFact("python3")]
    public async Task RawTcp_PythonServerOfManyReplies_ShowsThemAll()
    {
        await using var server = RunningProgram.StartPython("tcp_server.py", "100");
        await using var client = await StartAsync("tcp", server, "?framing=raw");

        await AssertShowsAsync(client, "hello\n\nworld\n", "HELLO", "WORLD");
    }

    [ProgramFact("python3")]
    public async Task LinesOverTcp_PythonServerThatKnowsNoLines_ShowsEveryReply()
    {
        await using var server = RunningProgram.StartPython("tcp_server.py", "100");
        await using var client = await StartAsync("tcp", server);

        await AssertShowsAsync(client, "hello\nworld\n", "HELLO", "WORLD");
    }

    [ProgramFact("python3")]
    public async Task RawTcp_ServerClosesBeforeTheInputEnds_SaysSoAndEndsWithOne()
    {
        await using var server = RunningProgram.StartPython("tcp_server.py");
        await using var client = await StartAsync("tcp", server, "?framing=raw");
        await client.WriteAsync("hello\n");
        Assert.Equal("HELLO", await client.ReadLineAsync());

        // Nothing more is typed, and yet it notices.
        var (exitCode, output, errors) = await client.EndAsync();

        Assert.Equal(1, exitCode);
        Assert.Empty(output);
        Assert.Matches("^The server tcp://127.0.0.1:[0-9]+[?]framing=raw went away [(]RemoteClosed[)].\n$", errors);
    }

    [Fact]
    public async Task Tcp_NobodyListens_SaysSoInOneLine()
    {
        // Bound and not listening: nobody else can take the port, and who connects is refused.
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var client = RunningProgram.StartSample("Uppercase.Client", $"tcp://{socket.LocalEndPoint}");

        await AssertFailsAsync(client, $"{socket.LocalEndPoint}");
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:many", "tcp://127.0.0.1:many")]
    [InlineData("udp://127.0.0.1:9 --timeout 0", "Timeout")]
    [InlineData("udp://127.0.0.1:9 --timeout 1e300", "TimeSpan")]
    public async Task BadArgument_SaysSoInOneLine(string arguments, string named)
    {
        await using var client = RunningProgram.StartSample("Uppercase.Client", arguments.Split(' '));

        await AssertFailsAsync(client, named);
    }

    [Theory]
    [InlineData("udp://127.0.0.1:0")]
    [InlineData("udp://[::1]:0")]
    [InlineData("tcp://127.0.0.1:0?framing=lines")]
    [InlineData("tcp://localhost:0?framing=length4")]
    public async Task OurServer_ShowsEveryReply(string endpoint)
    {
        await using var server = await SampleServer.StartAsync(endpoint);
        await using var client = RunningProgram.StartSample("Uppercase.Client", server.Uris[0]);

        await AssertShowsAsync(client, "hello\n\nworld\n", "HELLO", "", "WORLD");
    }

    [ProgramFact("kill")]
    public async Task OurServer_OverAUnixSocket_ShowsEveryReplyAndLeavesNoFile()
    {
        var path = Path.Combine(Path.GetTempPath(), $"uppercase-{Guid.NewGuid():N}.sock");
        await using var server = await SampleServer.StartAsync($"unix://{path}");
        Assert.Equal($"unix://{path}", server.Uris[0]);
        await using var client = RunningProgram.StartSample("Uppercase.Client", server.Uris[0]);

        await AssertShowsAsync(client, "hello\n", "HELLO");
        Assert.True(File.Exists(path));

        await server.Program.SignalAsync("TERM");
        await server.Program.EndAsync();
        Assert.False(File.Exists(path));
    }

    /// <summary>Starts the client with the port that a server of Python printed.</summary>
    private static async Task<RunningProgram> StartAsync(
        string scheme, RunningProgram server, string query = "", params string[] arguments)
    {
        var uri = $"{scheme}://127.0.0.1:{await server.ReadLineAsync()}{query}";
        return RunningProgram.StartSample("Uppercase.Client", [uri, .. arguments]);
    }

    private static async Task AssertShowsAsync(RunningProgram client, string input, params string[] replies)
    {
        await client.WriteAsync(input);
        client.EndInput();
        var (exitCode, output, errors) = await client.EndAsync();
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Equal(replies, output);
    }

    private static async Task AssertFailsAsync(RunningProgram client, string named)
    {
        client.EndInput();
        var (exitCode, output, errors) = await client.EndAsync();
        Assert.Equal(1, exitCode);
        Assert.Empty(output);
        Assert.Contains(
            named,
            Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal);
    }
}
