using System.Text;
using Moq;

namespace Transports.Testing.Tests.Examples;

/// <summary>Mocking <see cref="IMessageHandler"/>: what does the code that stands before a handler call?</summary>
public sealed class MockHandlerExamples
{
    private readonly InMemoryTransport _transport = new();
    private readonly InMemoryEndPoint _server = new("prices");

    // A loose mock gives a ValueTask that has ended, which is just what a handler that does not reply returns.
    private readonly Mock<IMessageHandler> _handler = new();

    [Fact]
    public async Task Listener_MessageComes_CallsTheHandlerOnce()
    {
        var payload = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);

        // The context is valid only during the call, so look at it there and not in Verify.
        _handler.Setup(handler => handler.HandleAsync(It.IsAny<MessageContext>(), It.IsAny<CancellationToken>()))
            .Callback((MessageContext context, CancellationToken _) =>
                payload.SetResult(Encoding.UTF8.GetString(context.Payload.Span)))
            .Returns(ValueTask.CompletedTask);

        await using var listener = await _transport.ListenAsync(_server, _handler.Object);
        await using var client = await _transport.ConnectAsync(_server);
        await client.SendAsync("tea");

        Assert.Equal("tea", await payload.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        _handler.Verify(
            handler => handler.HandleAsync(It.IsAny<MessageContext>(), It.IsAny<CancellationToken>()), Times.Once);
    }

    [Fact]
    public async Task Listener_HandlerReplies_TheClientGetsIt()
    {
        _handler.Setup(handler => handler.HandleAsync(It.IsAny<MessageContext>(), It.IsAny<CancellationToken>()))
            .Returns((MessageContext context, CancellationToken cancellationToken) =>
                context.ReplyAsync("2.50", cancellationToken));

        await using var listener = await _transport.ListenAsync(_server, _handler.Object);
        await using var client = await _transport.ConnectAsync(_server);
        await client.SendAsync("tea");

        Assert.Equal("2.50", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task Listener_HandlerFaults_TheConnectionEnds()
    {
        _handler.Setup(handler => handler.HandleAsync(It.IsAny<MessageContext>(), It.IsAny<CancellationToken>()))
            .ThrowsAsync(new InvalidOperationException("out of tea"));

        await using var listener = await _transport.ListenAsync(_server, _handler.Object);
        await using var client = await _transport.ConnectAsync(_server);
        await client.SendAsync("tea");

        await Assert.ThrowsAsync<ConnectionClosedException>(() => client.ReceiveAsync().AsTask());
    }

    [Fact]
    public async Task Listener_PeersComeAndGo_CallsTheObserver()
    {
        var observer = _handler.As<IConnectionObserver>();
        var gone = new TaskCompletionSource<CloseReason>(TaskCreationOptions.RunContinuationsAsynchronously);
        observer.Setup(o => o.OnDisconnectedAsync(It.IsAny<IConnection>(), It.IsAny<CloseReason>()))
            .Callback((IConnection _, CloseReason reason) => gone.SetResult(reason))
            .Returns(ValueTask.CompletedTask);

        await using var listener = await _transport.ListenAsync(_server, _handler.Object);
        await using (await _transport.ConnectAsync(_server))
        {
        }

        Assert.Equal(CloseReason.RemoteClosed, await gone.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        observer.Verify(
            o => o.OnConnectedAsync(It.IsAny<IConnection>(), It.IsAny<CancellationToken>()), Times.Once);
    }

    [Fact]
    public async Task Middleware_MessageIsRefused_TheHandlerIsNotCalled()
    {
        var middleware = new Mock<IMessageMiddleware>();
        middleware.Setup(m => m.InvokeAsync(
                It.IsAny<MessageContext>(), It.IsAny<MessageDelegate>(), It.IsAny<CancellationToken>()))
            .Returns((MessageContext context, MessageDelegate next, CancellationToken cancellationToken) =>
                context.Payload.IsEmpty ? ValueTask.CompletedTask : next(context, cancellationToken));
        var handler = MessageHandler.Create((context, cancellationToken) =>
            middleware.Object.InvokeAsync(context, _handler.Object.HandleAsync, cancellationToken));

        await handler.HandleTextAsync("");
        _handler.VerifyNoOtherCalls();
        await handler.HandleTextAsync("tea");
        _handler.Verify(
            h => h.HandleAsync(It.IsAny<MessageContext>(), It.IsAny<CancellationToken>()), Times.Once);
    }
}
