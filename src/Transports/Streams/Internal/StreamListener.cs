using System.Net;
using System.Runtime.CompilerServices;
using Transports.Diagnostics;

namespace Transports;

/// <summary>Accepts streams and makes connections of them, until it is stopped.</summary>
internal sealed partial class StreamListener : IListener
{
    private readonly IByteStreamListener _source;
    private readonly StreamEnvironment _environment;
    private readonly bool _startsInline;
    private readonly IStreamAdmission? _admission;
    private readonly PendingHandshakes? _handshakes;
    private readonly ConnectionSet _connections;
    private readonly ConnectionSweep _sweep;
    private readonly AcceptRate _rate;
    private readonly AcceptBackoff _backoff;
    private readonly LogThrottle _refused;
    private readonly CancellationTokenSource _stopAccepting = new();
    private readonly TaskCompletionSource _completion = new(Continuations.Options);
    private readonly TaskCompletionSource _deadline = new(Continuations.Options);
    private readonly Lock _gate = new();
    private readonly Task _accepting;
    private Task? _stopping;

    public StreamListener(
        IByteStreamListener source,
        StreamEnvironment environment,
        IMessageHandler handler,
        bool startsInline,
        IStreamAdmission? admission)
    {
        (_source, _environment, _startsInline) = (source, environment, startsInline);
        Handler = handler;
        LocalEndPoint = source.LocalEndPoint;
        _admission = admission;
        _handshakes = admission is null ? null : new PendingHandshakes(admission, this, environment);
        _connections = new ConnectionSet(environment.Options, environment.TimeProvider);
        _sweep = new ConnectionSweep(_connections, environment.Options, environment.TimeProvider);
        _rate = new AcceptRate(environment.Options.MaxAcceptsPerSecond, environment.TimeProvider);
        _backoff = new AcceptBackoff(
            LocalEndPoint, environment.Logger, environment.Metrics, environment.TimeProvider);
        _refused = new LogThrottle(environment.TimeProvider);
        TransportLog.Listening(environment.Logger, LocalEndPoint, environment.Scheme);
        _accepting = AcceptAllAsync();
    }

    public EndPoint LocalEndPoint { get; }

    public IMessageHandler Handler { get; }

    public Task Completion => _completion.Task;

    public void Remove(StreamConnection connection) => _connections.Remove(connection);

    /// <summary>Makes the connection of a stream whose handshake succeeded; its caller starts it.</summary>
    /// <returns>Null when there is none to start.</returns>
    public StreamConnection? OnHandshakeEnded(IPAddress? countedAs, ByteStream? admitted)
    {
        if (admitted is null)
        {
            _connections.Release(countedAs);
            return null;
        }

        if (_connections.TryMove(countedAs, admitted.RemoteAddress))
        {
            return Connect(admitted);
        }

        _ = RefuseAsync(admitted, CloseReason.LimitReached).AsTask();
        return null;
    }

    public ValueTask DisposeAsync() => StopAsync(CancellationToken.None);

    public ValueTask StopAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            // A second call waits for the first; its own deadline holds as well.
            _stopping ??= StopOnceAsync();
        }

        return EndByAsync(_stopping, cancellationToken);
    }

    private async Task AcceptAllAsync()
    {
        try
        {
            while (true)
            {
                await AcceptAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stopAccepting.IsCancellationRequested)
        {
            // Stopped.
        }
#pragma warning disable CA1031 // whatever ends the loop must show in Completion instead of being lost
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (!_stopAccepting.IsCancellationRequested)
            {
                TransportLog.ListenerDied(_environment.Logger, LocalEndPoint, exception);
                _completion.TrySetException(exception);
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AcceptAsync()
    {
        ByteStream stream;
        try
        {
            stream = await _source.AcceptAsync(_stopAccepting.Token).ConfigureAwait(false);
            _backoff.Succeeded();
        }
        catch (TransportException exception)
        {
            await _backoff.FailedAsync(exception, _stopAccepting.Token).ConfigureAwait(false);
            return;
        }

        if (_refusesNew)
        {
            await RefuseAsync(stream, CloseReason.Overloaded).ConfigureAwait(false);
            return;
        }

        var isConcerned = _admission is not null && _admission.Concerns(stream);
        var countedAs = isConcerned ? _admission!.CountsAs(stream) : stream.RemoteAddress;
        if (!_rate.TryTake() || !_connections.TryReserve(countedAs))
        {
            await RefuseAsync(stream, CloseReason.LimitReached).ConfigureAwait(false);
        }
        else if (!isConcerned)
        {
            Start(Connect(stream));
        }
        else if (!_handshakes!.TryBegin(stream, countedAs))
        {
            _connections.Release(countedAs);
            await RefuseAsync(stream, CloseReason.LimitReached).ConfigureAwait(false);
        }
    }

    private StreamConnection Connect(ByteStream stream)
    {
        var connection = new StreamConnection(stream, _environment, this);
        _connections.Add(connection);
        return connection;
    }

    private void Start(StreamConnection connection)
    {
        if (_startsInline)
        {
            connection.Start();
        }
        else
        {
            // A first message that has arrived already is handled at once; that must not hold up the next accept.
            ThreadPool.UnsafeQueueUserWorkItem(connection, preferLocal: false);
        }
    }

    private async ValueTask RefuseAsync(ByteStream stream, CloseReason reason)
    {
        _environment.Metrics.ConnectionRefused(reason);
        if (_refused.TryPass(out var suppressed))
        {
            TransportLog.ConnectionRefused(_environment.Logger, LocalEndPoint, reason, suppressed);
        }

        stream.Abort();
        await stream.DisposeAsync().ConfigureAwait(false);
    }

    private async Task StopOnceAsync()
    {
        await Continuations.CancelAsync(_stopAccepting).ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        await _source.DisposeAsync().ConfigureAwait(false);
        _sweep.Dispose();
        if (_handshakes is not null)
        {
            await _handshakes.DisposeAsync().ConfigureAwait(false);
        }

        var connections = _connections.Snapshot();
        foreach (var connection in connections)
        {
            connection.Drain();
        }

        // A connection that was reset is complete while its handler still works: that one is waited for too, but not
        // past the deadline, since it may never end.
        await Task.WhenAny(_connections.WhenEmpty(), _deadline.Task).ConfigureAwait(false);
        await Task.WhenAll(connections.Select(connection => connection.Completion)).ConfigureAwait(false);
        TransportLog.Stopped(_environment.Logger, LocalEndPoint, _environment.Scheme);
        _completion.TrySetResult();
    }

    private async ValueTask EndByAsync(Task stopping, CancellationToken deadline)
    {
        using var timeout = deadline.CanBeCanceled
            ? null
            : new CancellationTokenSource(_environment.Options.DrainTimeout, _environment.TimeProvider);
        try
        {
            await stopping.WaitAsync(timeout?.Token ?? deadline).ConfigureAwait(false);
            return;
        }
        catch (OperationCanceledException)
        {
            AbortAll();
        }

        await stopping.ConfigureAwait(false);
    }

    private void AbortAll()
    {
        var connections = _connections.Snapshot();
        if (connections.Length > 0)
        {
            TransportLog.DrainAborted(_environment.Logger, LocalEndPoint, connections.Length);
        }

        foreach (var connection in connections)
        {
            connection.Abort();
        }

        _deadline.TrySetResult();
    }
}
