using System.Net;
using System.Text;
using Moq;

namespace Transports.Testing.Tests.Examples;

/// <summary>Mocking <see cref="ITransport"/> and <see cref="IConnection"/> for code that uses them.</summary>
/// <remarks>
/// The overloads that take a text are extension methods: set up the one that takes bytes, which they call.
/// </remarks>
public sealed class MockConnectionExamples
{
    private static readonly IPEndPoint Server = new(IPAddress.Loopback, 12000);

    private readonly Mock<ITransport> _transport = new(MockBehavior.Strict);
    private readonly Mock<IConnection> _connection = new();
    private readonly VirtualTimeProvider _clock = new();
    private readonly PriceClient _client;

    public MockConnectionExamples()
    {
        _transport.Setup(transport => transport.ConnectAsync(Server, It.IsAny<CancellationToken>()))
            .ReturnsAsync(_connection.Object);
        _client = new PriceClient(_transport.Object, Server, _clock);
    }

    [Fact]
    public async Task Ask_SendsTheArticleAndReturnsTheReply()
    {
        _connection.Setup(connection => connection.ReceiveAsync(It.IsAny<CancellationToken>()))
            .ReturnsAsync(Bytes("2.50"));

        Assert.Equal("2.50", await _client.AskAsync("tea"));

        // Spans cannot stand in an expression tree; a method that looks at them can.
        _connection.Verify(
            connection => connection.SendAsync(
                It.Is<ReadOnlyMemory<byte>>(message => IsText(message, "tea")), It.IsAny<CancellationToken>()),
            Times.Once);
        _connection.Verify(connection => connection.DisposeAsync(), Times.Once);
    }

    [Fact]
    public async Task Ask_ConnectionEnds_Throws()
    {
        _connection.Setup(connection => connection.ReceiveAsync(It.IsAny<CancellationToken>()))
            .ThrowsAsync(new ConnectionClosedException(CloseReason.RemoteReset));

        var exception = await Assert.ThrowsAsync<ConnectionClosedException>(() => _client.AskAsync("tea"));

        Assert.Equal(CloseReason.RemoteReset, exception.Reason);
        _connection.Verify(connection => connection.DisposeAsync(), Times.Once);
    }

    [Fact]
    public async Task Ask_MessageSentIsAReusedBuffer_CapturesACopy()
    {
        var sent = new List<string>();
        _connection.Setup(connection => connection.SendAsync(
                It.IsAny<ReadOnlyMemory<byte>>(), It.IsAny<CancellationToken>()))
            .Callback((ReadOnlyMemory<byte> message, CancellationToken _) =>
                sent.Add(Encoding.UTF8.GetString(message.Span)))
            .Returns(ValueTask.CompletedTask);
        _connection.SetupSequence(connection => connection.ReceiveAsync(It.IsAny<CancellationToken>()))
            .ReturnsAsync(Bytes("2.50"))
            .ReturnsAsync(Bytes("3.00"));

        Assert.Equal("2.50", await _client.AskAsync("tea"));
        Assert.Equal("3.00", await _client.AskAsync("coffee"));

        Assert.Equal(["tea", "coffee"], sent);
    }

    [Fact]
    public async Task Watch_CollectsUntilTheConnectionEnds()
    {
        _connection.Setup(connection => connection.ReceiveAllAsync(It.IsAny<CancellationToken>()))
            .Returns(Messages("2.50", "2.60"));
        Assert.Equal(["2.50", "2.60"], await _client.WatchAsync());
    }

    [Fact]
    public async Task Ask_NobodyListensYet_TriesAgainLater()
    {
        _transport.SetupSequence(transport => transport.ConnectAsync(Server, It.IsAny<CancellationToken>()))
            .ThrowsAsync(new ConnectionFailedException("refused"))
            .ReturnsAsync(_connection.Object);
        _connection.Setup(connection => connection.ReceiveAsync(It.IsAny<CancellationToken>()))
            .ReturnsAsync(Bytes("2.50"));

        var asking = _client.AskAsync("tea");
        await _clock.WhenTimerAsync();
        _clock.Advance(PriceClient.RetryAfter);

        Assert.Equal("2.50", await asking);
        _transport.Verify(
            transport => transport.ConnectAsync(Server, It.IsAny<CancellationToken>()), Times.Exactly(2));
    }

    [Fact]
    public async Task Ask_WithoutAMock_ATestConnectionIsShorter()
    {
        var connection = new TestConnection();
        _transport.Setup(transport => transport.ConnectAsync(Server, It.IsAny<CancellationToken>()))
            .ReturnsAsync(connection);
        connection.Deliver("2.50");

        Assert.Equal("2.50", await _client.AskAsync("tea"));

        Assert.Equal(["tea"], connection.SentTexts);
        Assert.Equal(CloseReason.LocalClosed, await connection.Completion);
    }

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static bool IsText(ReadOnlyMemory<byte> message, string text) =>
        Encoding.UTF8.GetString(message.Span) == text;

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Messages(params string[] texts)
    {
        foreach (var text in texts)
        {
            await Task.Yield();
            yield return Bytes(text);
        }
    }
}
