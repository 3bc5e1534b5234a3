using Transports.Requests;
using Transports.Testing;

namespace Transports.Tests.Requests;

/// <summary>A scripted ordered, reliable transport and a clock that stands still.</summary>
public abstract class PipelinedTestBase
{
    private protected VirtualTimeProvider Clock { get; } = new();

    private protected ScriptedTransport Transport { get; } = new(isReliable: true);

    private protected static RequestClientOptions Options => new() { JitterSeed = 1 };

    private protected RequestClient MakeClient(RequestClientOptions? options = null) =>
        new(Transport, ScriptedTransport.Remote, options ?? Options, null, Clock);

    /// <summary>A client that has one answered request behind it, and its connection.</summary>
    private protected async Task<(RequestClient Client, ScriptedConnection Connection)> ConnectAsync(
        RequestClientOptions? options = null)
    {
        var client = MakeClient(options);
        var request = client.RequestAsync("hello").AsTask();
        var connection = await Transport.NextConnectionAsync();
        Assert.Equal("hello", await connection.NextSentAsync());
        connection.Reply("HELLO");
        Assert.Equal("HELLO", await request.Soon());
        return (client, connection);
    }

    /// <summary>Sends a request and waits until the peer has it.</summary>
    private protected static async Task<Task<string>> SendAsync(
        RequestClient client, ScriptedConnection connection, string text, CancellationToken cancellationToken = default)
    {
        var request = client.RequestAsync(text, cancellationToken).AsTask();
        Assert.Equal(text, await connection.NextSentAsync());
        return request;
    }
}
