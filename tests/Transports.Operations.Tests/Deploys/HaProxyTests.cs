using System.Collections.Concurrent;
using System.Net;
using Samples.Tests.RealPeers;

namespace Transports.Operations.Tests.Deploys;

/// <summary>A rolling deploy behind a load balancer, with clients at work all the while.</summary>
public sealed class HaProxyTests
{
    private const string Service = "tcp://127.0.0.1:0?trustedProxies=127.0.0.1/32";
    private const string Agent = "agent=tcp://127.0.0.1:0";

    /// <summary>Many times what lies between two questions to the agent, so that the answer is known in time.</summary>
    private const int DrainSeconds = 5;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly ConcurrentDictionary<string, int> _answers = new();
    private volatile bool _isDone;

    [ProgramFact("haproxy")]
    public async Task OneOfTwoServers_DrainedAndStartedAgain_NoRequestFails()
    {
        await using var first = await ServerProcess.StartAsync("first", DrainSeconds, Service, Agent);
        await using var second = await ServerProcess.StartAsync("second", DrainSeconds, Service, Agent);
        await using var proxy = await HaProxy.StartAsync(first, second);
        var endPoint = proxy.EndPoint;
        await WhenListeningAsync(endPoint);
        var clients = Enumerable.Range(0, 4).Select(_ => Task.Run(() => AskUntilDoneAsync(endPoint))).ToArray();
        await WhenAnsweredAsync(clients, "first", "second");

        var (handled, answered) = await first.TerminateAsync();

        Assert.Equal(handled, answered);
        await WhenAnsweredAsync(clients, "second");
        await using var again = await ServerProcess.StartAsync(
            "again", DrainSeconds, [first.Uris[0].ToString(), $"agent={first.Uris[1]}"]);
        await WhenAnsweredAsync(clients, "again", "second");
        _isDone = true;
        await Task.WhenAll(clients).WaitAsync(Limit);
    }

    private static async Task WhenListeningAsync(IPEndPoint endPoint)
    {
        using var limit = new CancellationTokenSource(Limit);
        var transport = new TcpTransport(new TcpTransportOptions());
        while (true)
        {
            try
            {
                await using var connection = await transport.ConnectAsync(endPoint, limit.Token);
                return;
            }
            catch (ConnectionFailedException)
            {
                await Task.Yield();
            }
        }
    }

    /// <summary>Waits for so many new answers of each of these servers.</summary>
    private async Task WhenAnsweredAsync(Task[] clients, params string[] servers)
    {
        var before = servers.Select(server => _answers.GetValueOrDefault(server)).ToArray();
        using var limit = new CancellationTokenSource(Limit);
        while (servers.Where((server, index) => _answers.GetValueOrDefault(server) < before[index] + 50).Any())
        {
            limit.Token.ThrowIfCancellationRequested();
            if (clients.FirstOrDefault(client => client.IsCompleted) is { } failed)
            {
                await failed;
            }

            await Task.Delay(10, limit.Token);
        }
    }

    /// <summary>Connects, asks a few times, leaves; whatever goes wrong is thrown. The server knows who asks.</summary>
    private async Task AskUntilDoneAsync(IPEndPoint endPoint)
    {
        var transport = new TcpTransport(new TcpTransportOptions());
        while (!_isDone)
        {
            await using var connection = await transport.ConnectAsync(endPoint);
            for (var i = 0; i < 3; i++)
            {
                await connection.SendAsync("request");
                var words = (await connection.ReceiveTextAsync().AsTask().WaitAsync(Limit)).Split(' ');
                Assert.Equal($"{connection.LocalEndPoint}", words[1]);
                _answers.AddOrUpdate(words[0], 1, (_, count) => count + 1);
            }
        }
    }
}
