using System.Net;
using Samples.Tests.RealPeers;
using Transports.Requests;

namespace Transports.Operations.Tests.Deploys;

/// <summary>Processes that end in the middle of their work.</summary>
public sealed class SignalTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Clients send without waiting for replies until their connection ends. What the process says that it has read is
    /// what they got replies to, all of them together.
    /// </summary>
    [ProgramFact("kill")]
    public async Task Terminate_UnderLoad_EveryRequestThatWasReadIsAnswered()
    {
        // It lingers as long as a client may take that has its turn only now and then: a socket that is closed while
        // its client still sends takes the last replies with it.
        await using var server = await ServerProcess.StartAsync("a", 0.2, "tcp://127.0.0.1:0?lingerTimeout=30s");
        var clients = Enumerable.Range(0, 8).Select(_ => Client.Start(server.EndPoint)).ToArray();
        await Task.WhenAll(clients.Select(client => client.HasReplies.Task)).WaitAsync(Limit);

        var before = clients.Sum(client => client.Received);
        var (handled, answered) = await server.TerminateAsync();

        var replies = await Task.WhenAll(clients.Select(client => client.Replies)).WaitAsync(Limit);
        Assert.Equal(handled, answered);
        Assert.Equal(handled, replies.Sum());
        Assert.True(handled > before, "It was not under load when it ended.");
        Array.ForEach(clients, client => client.Dispose());
    }

    [ProgramFact("kill")]
    public async Task Kill_OfTheServer_FailsWhatIsPendingAtOnceAndTheNextOneServes()
    {
        await using var server = await ServerProcess.StartAsync("a", 0, "tcp://127.0.0.1:0");
        await using var client = new RequestClient(
            server.EndPoint.Transport,
            server.EndPoint.EndPoint,
            new() { Timeout = TimeSpan.FromMinutes(5), ReconnectDelay = TimeSpan.FromMilliseconds(20) });
        Assert.StartsWith("a ", await client.RequestAsync("x"), StringComparison.Ordinal);
        var pending = Enumerable.Range(0, 10).Select(_ => client.RequestAsync("never").AsTask()).ToArray();

        await server.Program.SignalAsync("KILL");

        foreach (var request in pending)
        {
            await Assert.ThrowsAsync<ConnectionClosedException>(() => request.WaitAsync(Limit));
        }

        await server.Program.EndAsync();
        await using var next = await ServerProcess.StartAsync("b", 0, server.Uris[0].ToString());
        Assert.StartsWith("b ", await client.RequestAsync("x"), StringComparison.Ordinal);
    }

    [ProgramFact("kill")]
    public async Task Kill_OfTheClient_EndsItsConnectionAndNothingElse()
    {
        var observer = new Transports.Testing.RecordingHandler(text => text);
        await using var server = TransportServer.Create("here", server => server
            .ListenTcp(new IPEndPoint(IPAddress.Loopback, 0)).Handle(observer));
        await server.StartAsync();
        var port = ((IPEndPoint)server.Listeners[0].LocalEndPoint).Port;
        await using var peer = RunningProgram.Start(
            "dotnet", ServerProcess.Assembly, "connect", $"tcp://127.0.0.1:{port}");
        await observer.WaitForMessagesAsync(1);

        await peer.SignalAsync("KILL");

        var gone = Assert.Single(await observer.WaitForDisconnectionsAsync(1));
        Assert.Contains(gone.Reason, (CloseReason[])[CloseReason.RemoteClosed, CloseReason.RemoteReset]);
        await using var other = await server.Listeners[0].Transport.ConnectAsync(server.Listeners[0].LocalEndPoint);
        await other.SendAsync("still here");
        Assert.Equal("still here", await other.ReceiveTextAsync().AsTask().WaitAsync(Limit));
    }

    /// <summary>Keeps a number of requests on their way until its connection ends.</summary>
    private sealed class Client(IConnection connection) : IDisposable
    {
        private const int Window = 64;
        private readonly SemaphoreSlim _room = new(Window);
        private long _received;

        public TaskCompletionSource HasReplies { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<long> Replies { get; private set; } = null!;

        public long Received => Volatile.Read(ref _received);

        public static Client Start(TransportEndpoint endPoint)
        {
            var client = new Client(endPoint.ConnectAsync().AsTask().GetAwaiter().GetResult());
            client.Replies = Task.Run(client.ReceiveAsync);
            _ = Task.Run(client.SendAsync);
            return client;
        }

        public void Dispose() => _room.Dispose();

        private async Task SendAsync()
        {
            try
            {
                while (true)
                {
                    await _room.WaitAsync();
                    await connection.SendAsync("request");
                }
            }
            catch (Exception exception) when (exception is ConnectionClosedException or ObjectDisposedException)
            {
                // The server has gone, or all is over.
            }
        }

        private async Task<long> ReceiveAsync()
        {
            await foreach (var reply in connection.ReceiveAllAsync())
            {
                _room.Release();
                if (Interlocked.Increment(ref _received) == 1000)
                {
                    HasReplies.SetResult();
                }
            }

            await connection.DisposeAsync();
            return Received;
        }
    }
}
