using System.Net;
using System.Text;
using System.Threading.Channels;

namespace Transports.Tests.Requests;

/// <summary>A connection whose peer is the test: it sees what is sent, and replies or closes when it likes.</summary>
internal sealed class ScriptedConnection(EndPoint localEndPoint) : IConnection
{
    private readonly Channel<string> _sent = Channel.CreateUnbounded<string>();
    private readonly Channel<byte[]> _replies = Channel.CreateUnbounded<byte[]>();
    private readonly TaskCompletionSource<CloseReason> _completion = new();
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Id => "scripted";

    public EndPoint LocalEndPoint => localEndPoint;

    public EndPoint RemoteEndPoint => ScriptedTransport.Remote;

    public Task<CloseReason> Completion => _completion.Task;

    public bool IsAborted { get; private set; }

    public bool IsDisposed => _disposed.Task.IsCompleted;

    public Task Disposed => _disposed.Task.Soon();

    /// <summary>Called before a message counts as sent; may wait, honouring the token, or throw.</summary>
    public Func<string, CancellationToken, Task>? Sending { get; set; }

    /// <summary>Called at the start of each receive.</summary>
    public Action? Receiving { get; set; }

    /// <summary>The next message that was sent.</summary>
    public Task<string> NextSentAsync() => _sent.Reader.ReadAsync().AsTask().Soon();

    public bool HasSent => _sent.Reader.TryPeek(out _);

    public void Reply(string reply) => _replies.Writer.TryWrite(Encoding.UTF8.GetBytes(reply));

    public void Close(CloseReason reason) => Fail(new ConnectionClosedException(reason));

    public void Fail(Exception exception) => _replies.Writer.TryComplete(exception);

    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default)
    {
        if (Sending is { } sending)
        {
            await sending(Encoding.UTF8.GetString(message.Span), cancellationToken);
        }

        // Read here, after the wait, as a transport does that has to wait for room.
        _sent.Writer.TryWrite(Encoding.UTF8.GetString(message.Span));
    }

    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        Receiving?.Invoke();
        try
        {
            return await _replies.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException exception) when (exception.InnerException is { } inner)
        {
            throw inner;
        }
    }

    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReceiveAllAsync(CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public void Abort()
    {
        IsAborted = true;
        Close(CloseReason.Aborted);
    }

    public ValueTask DisposeAsync()
    {
        Close(CloseReason.LocalClosed);
        _completion.TrySetResult(CloseReason.LocalClosed);
        _disposed.TrySetResult();
        return ValueTask.CompletedTask;
    }
}
