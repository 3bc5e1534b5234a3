using System.Threading.Channels;

namespace Transports.ContractTests;

/// <summary>A handler and observer that tells a fact what happens to it.</summary>
public sealed class ProbeHandler(Func<MessageContext, CancellationToken, ValueTask> handle)
    : IMessageHandler, IConnectionObserver
{
    private readonly Channel<IConnection> _connected = Channel.CreateUnbounded<IConnection>();
    private readonly Channel<CloseReason> _disconnected = Channel.CreateUnbounded<CloseReason>();
    private readonly List<string> _events = [];

    /// <summary>A probe that echoes.</summary>
    public ProbeHandler()
        : this((context, cancellationToken) => context.ReplyAsync(context.Payload.Span, cancellationToken))
    {
    }

    /// <summary>Done as part of connecting.</summary>
    public Func<IConnection, CancellationToken, ValueTask>? OnConnected { get; init; }

    /// <summary>Done as part of disconnecting.</summary>
    public Func<IConnection, CloseReason, ValueTask>? OnDisconnected { get; init; }

    /// <summary>All that happened so far, in order.</summary>
    public IReadOnlyList<string> Events
    {
        get
        {
            lock (_events)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>The next connection that has come.</summary>
    public Task<IConnection> ConnectedAsync() => _connected.Reader.ReadAsync().Soon();

    /// <summary>How the next connection to end has ended.</summary>
    public Task<CloseReason> DisconnectedAsync() => _disconnected.Reader.ReadAsync().Soon();

    public async ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken)
    {
        Note("message");
        await handle(context, cancellationToken);
    }

    public async ValueTask OnConnectedAsync(IConnection connection, CancellationToken cancellationToken)
    {
        Note("connected");
        if (OnConnected is not null)
        {
            await OnConnected(connection, cancellationToken);
        }

        _connected.Writer.TryWrite(connection);
    }

    public async ValueTask OnDisconnectedAsync(IConnection connection, CloseReason reason)
    {
        Note($"disconnected {reason}");
        _disconnected.Writer.TryWrite(reason);
        if (OnDisconnected is not null)
        {
            await OnDisconnected(connection, reason);
        }
    }

    private void Note(string what)
    {
        lock (_events)
        {
            _events.Add(what);
        }
    }
}
