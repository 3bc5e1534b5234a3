using Samples.Tests.RealPeers;

namespace Transports.Operations.Tests.Accounting;

/// <summary>Nothing gets lost without a trace: every request was answered, or failed and says why.</summary>
public sealed class AccountingTests
{
    private const int Clients = 4;
    private static readonly int Requests = int.Parse(
        Environment.GetEnvironmentVariable("TRANSPORTS_ACCOUNTED_REQUESTS") ?? "1000000", null);

    [ProgramFact("kill")]
    public async Task Requests_WhileConnectionsAreReset_AddUpAtBothEnds()
    {
        const int Resets = 1000;
        await using var server = await ServerProcess.StartAsync("accounts", 0, "tcp://127.0.0.1:0");
        var clients = Enumerable.Range(0, Clients)
            .Select(_ => new AccountedClient(server.EndPoint, Requests / Clients, Resets / Clients)).ToArray();

        await Task.WhenAll(clients.Select(client => client.RunAsync()));

        await server.Program.SignalAsync("TERM");
        var (exitCode, output, errors) = await server.Program.EndAsync();
        Assert.Equal((0, ""), (exitCode, errors));
        var counts = output.Select(line => line.Split('='))
            .ToDictionary(pair => pair[0], pair => long.Parse(pair[1], null));

        // As the clients see it.
        var answered = clients.Sum(client => client.Answered);
        var failed = clients.Sum(client => client.Failures.Values.Sum());
        Assert.Equal(Requests, answered + failed);
        Assert.Equal(Resets, clients.Sum(client => client.Resets.Here + client.Resets.There));

        // As the server's metrics say.
        Assert.Equal(counts["handled"], counts["transports.messages.received"]);
        Assert.Equal(counts["handled"], counts["answered"] + counts["resets"] + counts["unanswerable"]);
        Assert.Equal(clients.Sum(client => client.Resets.There), counts["transports.connections.closed Aborted"]);
        Assert.Equal(
            clients.Sum(client => client.Resets.Here) + Clients,
            counts["transports.connections.closed RemoteReset"] + counts["transports.connections.closed RemoteClosed"]);
        Assert.Equal(0, counts["transports.connections.active"]);

        // As both do: a request was answered, or its reply was lost with a connection, or it never was read.
        var lost = counts["handled"] - answered;
        var unread = Requests - counts["handled"];
        Assert.True(lost >= 0 && unread >= 0, $"{lost} replies lost, {unread} requests never read");
        Assert.Equal(failed, lost + unread);
        Assert.All(clients, client => Assert.All(
            client.Failures.Keys,
            name => Assert.Contains(name, (string[])["ConnectionClosedException", "ConnectionFailedException"])));
        Array.ForEach(clients, client => client.Dispose());
    }
}
