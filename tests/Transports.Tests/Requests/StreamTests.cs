using System.Net;
using System.Text;
using Transports.Framing;
using Transports.Requests;

namespace Transports.Tests.Requests;

/// <summary>Requests over real streams: memory and sockets.</summary>
public class StreamTests
{
    public static TheoryData<string> Streams => ["memory", "tcp"];

    private static readonly IMessageHandler Upper = MessageHandler.FromText(text => text.ToUpperInvariant());

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task RequestAsync_ManyCallers_GetTheirReplies(string scheme)
    {
        var (transport, local) = Make(scheme);
        await using var listener = await transport.ListenAsync(local, Upper);
        await using var client = new RequestClient(transport, listener.LocalEndPoint, Waiting.PatientOptions);

        var replies = await Task.WhenAll(Enumerable.Range(0, 1000).Select(number => Task.Run(async () =>
            (Expected: $"TEXT {number}", Real: await client.RequestAsync($"text {number}"))))).Soon();

        Assert.All(replies, reply => Assert.Equal(reply.Expected, reply.Real));
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task RequestAsync_RequestsLargerThanAllBuffers_DoNotBlockEachOther(string scheme)
    {
        var (transport, local) = Make(scheme);
        await using var listener = await transport.ListenAsync(local, Upper);
        await using var client = new RequestClient(transport, listener.LocalEndPoint, Waiting.PatientOptions);
        var request = Encoding.UTF8.GetBytes(new string('x', 60_000));

        var requests = Enumerable.Range(0, 50).Select(_ => client.RequestAsync(request).AsTask());
        var replies = await Task.WhenAll(requests).Soon();

        Assert.All(replies, reply => Assert.True(reply.Length == 60_000 && reply.Span.IndexOfAnyExcept((byte)'X') < 0));
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task RequestAsync_ServerAbortsWithRequestsUnanswered_FailsThemAndReconnects(string scheme)
    {
        var (transport, local) = Make(scheme);
        var received = new TaskCompletionSource<IConnection>();
        var handler = MessageHandler.Create((context, cancellationToken) =>
        {
            if (context.Payload.Span.SequenceEqual("hang"u8))
            {
                received.TrySetResult(context.Connection);
                return default;
            }

            return context.ReplyAsync(context.Payload.Span, cancellationToken);
        });
        await using var listener = await transport.ListenAsync(local, handler);
        await using var client = new RequestClient(transport, listener.LocalEndPoint, Waiting.PatientOptions);
        Assert.Equal("hello", await client.RequestAsync("hello").AsTask().Soon());
        var hanging = client.RequestAsync("hang").AsTask();
        var connection = await received.Task.Soon();

        connection.Abort();

        var error = await hanging.Throws<ConnectionClosedException>();
        Assert.Equal(CloseReason.RemoteReset, error.Reason);
        Assert.Equal("again", await client.RequestAsync("again").AsTask().Soon());
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task RequestAsync_ServerStopsAndStartsAgain_ReconnectsOnDemand(string scheme)
    {
        var (transport, local) = Make(scheme);
        var listener = await transport.ListenAsync(local, Upper);
        var remote = listener.LocalEndPoint;
        await using var client = new RequestClient(transport, remote, Waiting.PatientOptions);
        Assert.Equal("A", await client.RequestAsync("a").AsTask().Soon());
        await listener.DisposeAsync().AsTask().Soon();

        var error = await Assert.ThrowsAnyAsync<TransportException>(() => client.RequestAsync("b").AsTask().Soon());
        Assert.True(error is ConnectionClosedException or ConnectionFailedException, error.ToString());
        await using var next = await transport.ListenAsync(remote, Upper);

        Assert.Equal("C", await client.RequestAsync("c").AsTask().Soon());
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task RequestAsync_NobodyListens_FailsAsNotConnected(string scheme)
    {
        var (transport, local) = Make(scheme);
        var listener = await transport.ListenAsync(local, Upper);
        await listener.DisposeAsync();
        await using var client = new RequestClient(transport, listener.LocalEndPoint, Waiting.PatientOptions);

        await client.RequestAsync("a").AsTask().Throws<ConnectionFailedException>();
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task DisposeAsync_AfterRequests_ClosesTheServersConnection(string scheme)
    {
        var (transport, local) = Make(scheme);
        var connected = new TaskCompletionSource<IConnection>();
        var handler = MessageHandler.Create((context, cancellationToken) =>
        {
            connected.TrySetResult(context.Connection);
            return context.ReplyAsync(context.Payload.Span, cancellationToken);
        });
        await using var listener = await transport.ListenAsync(local, handler);
        var client = new RequestClient(transport, listener.LocalEndPoint, Waiting.PatientOptions);
        await client.RequestAsync("a").AsTask().Soon();

        await client.DisposeAsync().AsTask().Soon();

        Assert.Equal(CloseReason.RemoteClosed, await (await connected.Task.Soon()).Completion.Soon());
    }

    [Fact]
    public async Task RequestAsync_TextWithTheDelimiter_FailsAloneOverLines()
    {
        var transport = new TcpTransport(new TcpTransportOptions { Framing = MessageFraming.Lines });
        await using var listener = await transport.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), Upper);
        await using var client = new RequestClient(transport, listener.LocalEndPoint, Waiting.PatientOptions);

        await client.RequestAsync("two\nlines").AsTask().Throws<ArgumentException>();

        Assert.Equal("ONE LINE", await client.RequestAsync("one line").AsTask().Soon());
    }

    [Fact]
    public async Task RequestAsync_RawFraming_OneAtATimeEachGetsItsReply()
    {
        var transport = new TcpTransport(new TcpTransportOptions { Framing = MessageFraming.Raw });
        await using var listener = await transport.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), Upper);
        await using var client = new RequestClient(transport, listener.LocalEndPoint, Waiting.PatientOptions);

        var replies = await Task.WhenAll(Enumerable.Range(0, 100).Select(async number =>
            (Expected: $"TEXT {number}", Real: await client.RequestAsync($"text {number}")))).Soon();

        Assert.All(replies, reply => Assert.Equal(reply.Expected, reply.Real));
    }

    private static (ITransport Transport, EndPoint Local) Make(string scheme) => scheme == "memory"
        ? (new InMemoryTransport(), new InMemoryEndPoint("peer"))
        : (new TcpTransport(new TcpTransportOptions()), new IPEndPoint(IPAddress.Loopback, 0));
}
