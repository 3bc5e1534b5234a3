using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Samples.Tests.RealPeers;

namespace Transports.Operations.Tests.Deploys;

/// <summary>HAProxy in front of servers, as docs/scale-out.md sets it up, on a port of its own.</summary>
internal sealed class HaProxy : IAsyncDisposable
{
    /// <summary>Of its own, where no other test could be given the port that was found free.</summary>
    private static readonly IPAddress Address = IPAddress.Parse("127.77.0.1");

    private readonly RunningProgram _program;
    private readonly string _file;

    private HaProxy(RunningProgram program, string file, int port) =>
        (_program, _file, EndPoint) = (program, file, new IPEndPoint(Address, port));

    public IPEndPoint EndPoint { get; }

    public static async Task<HaProxy> StartAsync(params ServerProcess[] servers)
    {
        var port = FreePort();
        var lines = servers.Select((server, index) => string.Create(
            CultureInfo.InvariantCulture,
            $"  server s{index} 127.0.0.1:{PortOf(server, 0)} send-proxy-v2 check inter 1s fall 2 rise 1 "
            + $"agent-check agent-port {PortOf(server, 1)} agent-inter 100ms"));
        var file = Path.Combine(Path.GetTempPath(), $"haproxy-{Guid.NewGuid():N}.cfg");
        await File.WriteAllTextAsync(file, $"""
            defaults
              mode tcp
              timeout connect 2s
              timeout check 10s
              timeout client 30s
              timeout server 30s
              retries 3
              option redispatch
            frontend front
              bind {Address}:{port}
              default_backend servers
            backend servers
              balance roundrobin
            {string.Join('\n', lines)}

            """);
        return new HaProxy(RunningProgram.Start("haproxy", "-db", "-f", file), file, port);
    }

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        File.Delete(_file);
    }

    private static int PortOf(ServerProcess server, int index) => new Uri(server.Uris[index].ToString()).Port;

    /// <summary>HAProxy cannot say which port it was given.</summary>
    private static int FreePort()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(Address, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
