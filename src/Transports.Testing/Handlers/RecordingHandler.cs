namespace Transports.Testing;

/// <summary>A handler that records what it is given, and lets a test wait for it by signal.</summary>
/// <remarks>
/// Put it round the handler that a test is about, or use it alone: then it does not reply. All members may be used from
/// any thread; lists are copies. Every wait fails with a clear message after <see cref="WaitTimeout"/>.
/// </remarks>
public sealed class RecordingHandler : IMessageHandler, IConnectionObserver
{
    private readonly Lock _gate = new();
    private readonly StateSignal _signal;
    private readonly IMessageHandler? _inner;
    private readonly List<RecordedMessage> _messages = [];
    private readonly List<IConnection> _connections = [];
    private readonly List<RecordedDisconnection> _disconnections = [];

    /// <summary>Makes one.</summary>
    /// <param name="inner">
    /// Handles each message after it was recorded, and observes connections if it can; null does neither.
    /// </param>
    public RecordingHandler(IMessageHandler? inner = null)
    {
        _inner = inner;
        _signal = new StateSignal(_gate);
    }

    /// <summary>Makes one that answers every text with a text.</summary>
    public RecordingHandler(Func<string, string> answer)
        : this(MessageHandler.FromText(answer))
    {
    }

    /// <summary>How long, in real time, a wait may take before it fails. Default 30 s.</summary>
    public TimeSpan WaitTimeout { get; init; } = StateSignal.DefaultTimeout;

    /// <summary>The messages so far, in the order in which they came.</summary>
    public IReadOnlyList<RecordedMessage> Messages => Copy(_messages);

    /// <summary>The messages so far, as texts.</summary>
    public IReadOnlyList<string> Texts => [.. Messages.Select(message => message.Text)];

    /// <summary>The connections so far, also those that have ended.</summary>
    public IReadOnlyList<IConnection> Connections => Copy(_connections);

    /// <summary>The ends of connections so far.</summary>
    public IReadOnlyList<RecordedDisconnection> Disconnections => Copy(_disconnections);

    /// <inheritdoc/>
    public ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        Add(_messages, new RecordedMessage(context.Payload.ToArray(), context.RemoteEndPoint, context.Connection));
        return _inner?.HandleAsync(context, cancellationToken) ?? default;
    }

    /// <inheritdoc/>
    public ValueTask OnConnectedAsync(IConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        Add(_connections, connection);
        return (_inner as IConnectionObserver)?.OnConnectedAsync(connection, cancellationToken) ?? default;
    }

    /// <inheritdoc/>
    public ValueTask OnDisconnectedAsync(IConnection connection, CloseReason reason)
    {
        ArgumentNullException.ThrowIfNull(connection);
        Add(_disconnections, new RecordedDisconnection(connection, reason));
        return (_inner as IConnectionObserver)?.OnDisconnectedAsync(connection, reason) ?? default;
    }

    /// <summary>Waits until <paramref name="count"/> messages have come, in all; gives all that came so far.</summary>
    /// <exception cref="TimeoutException">Fewer came in time.</exception>
    public Task<IReadOnlyList<RecordedMessage>> WaitForMessagesAsync(
        int count = 1, CancellationToken cancellationToken = default) =>
        WaitAsync(_messages, count, "messages", message => message.Text, cancellationToken);

    /// <summary>Waits until <paramref name="count"/> peers have connected, in all; gives all that did so far.</summary>
    /// <exception cref="TimeoutException">Fewer connected in time.</exception>
    public Task<IReadOnlyList<IConnection>> WaitForConnectionsAsync(
        int count = 1, CancellationToken cancellationToken = default) =>
        WaitAsync(_connections, count, "connections", connection => connection.Id, cancellationToken);

    /// <summary>Waits until <paramref name="count"/> connections have ended, in all; gives all that did.</summary>
    /// <exception cref="TimeoutException">Fewer ended in time.</exception>
    public Task<IReadOnlyList<RecordedDisconnection>> WaitForDisconnectionsAsync(
        int count = 1, CancellationToken cancellationToken = default) =>
        WaitAsync(_disconnections, count, "disconnections", end => $"{end.Reason}", cancellationToken);

    private void Add<T>(List<T> list, T item)
    {
        lock (_gate)
        {
            list.Add(item);
            _signal.Changed();
        }
    }

    private IReadOnlyList<T> Copy<T>(List<T> list)
    {
        lock (_gate)
        {
            return [.. list];
        }
    }

    private async Task<IReadOnlyList<T>> WaitAsync<T>(
        List<T> list, int count, string what, Func<T, string> describe, CancellationToken cancellationToken)
    {
        await _signal.WaitAsync(
            () => list.Count >= count,
            WaitTimeout,
            () => $"Expected {count} {what}, but {Testing.Texts.List([.. Copy(list).Select(describe)])}",
            cancellationToken).ConfigureAwait(false);
        return Copy(list);
    }
}
