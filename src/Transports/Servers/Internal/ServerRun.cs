using System.Collections.Immutable;

namespace Transports;

/// <summary>A server from one start to the stop that follows.</summary>
#pragma warning disable CA1001 // The source has no timer and nothing is linked to it for long: nothing to dispose of.
internal sealed class ServerRun(
    string name, ImmutableArray<TransportEndpoint> endpoints, IMessageHandler handler, OverloadSetup? overload)
#pragma warning restore CA1001
{
    private static readonly CancellationToken AtOnce = new(canceled: true);

    private readonly TaskCompletionSource _startEnded = new(Continuations.Options);
    private readonly TaskCompletionSource _completion = new(Continuations.Options);
    private readonly CancellationTokenSource _startGivenUp = new();
    private readonly Lock _gate = new();
    private ImmutableArray<ServerListener> _listeners = [];
    private TransportServerState _state = TransportServerState.Starting;
    private Exception? _fault;
    private OverloadMonitor? _monitor;

    public Task Completion => _completion.Task;

    public Exception? Fault => Volatile.Read(ref _fault);

    public TransportServerState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    public IReadOnlyList<ServerListener> Listeners
    {
        get
        {
            lock (_gate)
            {
                return _listeners;
            }
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var bound = new List<ServerListener>(endpoints.Length);
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(
                cancellationToken, _startGivenUp.Token);
            foreach (var endpoint in endpoints)
            {
                bound.Add(await BindAsync(endpoint, either.Token).ConfigureAwait(false));
            }

            either.Token.ThrowIfCancellationRequested();
            _monitor = overload is null
                ? null
                : new OverloadMonitor(overload, name, bound.Select(one => one.Sheddable).OfType<ISheddable>());
            Enter(TransportServerState.Running, [.. bound]);
        }
        catch (Exception exception)
        {
            await StopAllAsync(bound, throwFaults: false, AtOnce).ConfigureAwait(false);
            Volatile.Write(ref _fault, exception is TransportException ? exception : null);
            Enter(TransportServerState.Stopped, []);
            _completion.TrySetResult();
            throw;
        }
        finally
        {
            _startEnded.SetResult();
        }
    }

    /// <summary>May be called again while it runs: the earliest deadline counts.</summary>
    public async Task StopAsync(CancellationToken deadline)
    {
        await Continuations.CancelAsync(_startGivenUp).ConfigureAwait(false);
        await _startEnded.Task.ConfigureAwait(false);
        lock (_gate)
        {
            if (_state == TransportServerState.Stopped)
            {
                return;
            }

            _state = TransportServerState.Stopping;
        }

        try
        {
            _monitor?.Dispose();
            await StopAllAsync(Listeners, throwFaults: true, deadline).ConfigureAwait(false);
        }
        finally
        {
            Enter(TransportServerState.Stopped, []);
            _completion.TrySetResult();
        }
    }

    private static async Task StopAllAsync(
        IReadOnlyList<ServerListener> listeners, bool throwFaults, CancellationToken deadline)
    {
        var stops = Task.WhenAll(listeners.Select(listener => StopOneAsync(listener, deadline)));
        await stops.ConfigureAwait(
            throwFaults ? ConfigureAwaitOptions.None : ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task StopOneAsync(ServerListener listener, CancellationToken deadline)
    {
        await using (listener.ConfigureAwait(false))
        {
            await listener.StopAsync(deadline).ConfigureAwait(false);
        }
    }

    private async Task<ServerListener> BindAsync(TransportEndpoint endpoint, CancellationToken cancellationToken)
    {
        try
        {
            var bound = await endpoint.Transport
                .ListenAsync(endpoint.EndPoint, handler, cancellationToken).ConfigureAwait(false);
            var listener = new ServerListener(endpoint, bound);
            _ = WatchAsync(listener);
            return listener;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            var message = $"Server '{name}' cannot listen on {endpoint}: {exception.Message}";
            throw exception is AddressInUseException
                ? new AddressInUseException(message, exception)
                : new TransportException(message, exception);
        }
    }

    private async Task WatchAsync(ServerListener listener)
    {
        Exception? cause = null;
        try
        {
            await listener.Completion.ConfigureAwait(false);
            if (listener.IsStopping)
            {
                return;
            }
        }
#pragma warning disable CA1031 // Whatever ends a listener is shown to whoever watches the server.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            cause = exception;
        }

        var message = $"Server '{name}' no longer listens on {listener.Endpoint}: {cause?.Message ?? "it just ended."}";
        var fault = new TransportException(message, cause);
        if (Interlocked.CompareExchange(ref _fault, fault, null) is null)
        {
            _completion.TrySetException(fault);
            // Nobody has to await Completion: the fault is also shown by Fault.
            _ = _completion.Task.Exception;
        }
    }

    private void Enter(TransportServerState state, ImmutableArray<ServerListener> listeners)
    {
        lock (_gate)
        {
            _state = state;
            _listeners = listeners;
        }
    }
}
