using System.Net;
using Transports.Diagnostics;

namespace Transports;

/// <summary>Receives from anybody, and stops in phases.</summary>
internal sealed class DatagramListener : IListener, ISheddable
{
    private readonly DatagramEnvironment _environment;
    private readonly DatagramDispatcher _dispatcher;
    private readonly ReceiveLoop _loop;
    private readonly TaskCompletionSource _deadline = new(Continuations.Options);
    private readonly TaskCompletionSource _stopped = new(Continuations.Options);
    private readonly TaskCompletionSource _completion = new(Continuations.Options);
    private int _stopping;

    private DatagramListener(
        DatagramChannel channel, IMessageHandler handler, DatagramEnvironment environment, int shards)
    {
        _environment = environment;
        LocalEndPoint = channel.LocalEndPoint;
        _dispatcher = new DatagramDispatcher(channel, handler, environment, _completion.Task, shards);
        _loop = new ReceiveLoop(channel, environment, _dispatcher.Slots, _dispatcher);
    }

    public EndPoint LocalEndPoint { get; }

    public Task Completion => _completion.Task;

    int ISheddable.ConnectionCount => 0;

    int ISheddable.InFlight => _dispatcher.Active;

    void ISheddable.Shed(ShedLevel level, TimeSpan idleAfter) => _dispatcher.Shed(level >= ShedLevel.Reading);

    public static DatagramListener Start(
        DatagramChannel channel, IMessageHandler handler, DatagramEnvironment environment, int shards = 1)
    {
        var listener = new DatagramListener(channel, handler, environment, shards);
        TransportLog.Listening(environment.Logger, listener.LocalEndPoint, environment.Scheme);
        listener._loop.Start(listener.Died);
        return listener;
    }

    public async ValueTask StopAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _stopping, 1) == 0)
        {
            _ = StopOnceAsync();
        }

        // Of several callers the earliest deadline counts.
        using var token = cancellationToken.UnsafeRegister(
            static deadline => ((TaskCompletionSource)deadline!).TrySetResult(), _deadline);
        using var timer = cancellationToken.CanBeCanceled ? null : _environment.TimeProvider.CreateTimer(
            static deadline => ((TaskCompletionSource)deadline!).TrySetResult(),
            _deadline,
            _environment.Options.DrainTimeout,
            Timeout.InfiniteTimeSpan);
        await _stopped.Task.ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => StopAsync(CancellationToken.None);

    private async Task StopOnceAsync()
    {
        _dispatcher.StopTaking();
        await Task.WhenAny(_dispatcher.Drained, _deadline.Task).ConfigureAwait(false);
        if (!_dispatcher.Drained.IsCompleted)
        {
            TransportLog.DrainAborted(_environment.Logger, LocalEndPoint, _dispatcher.Active);

            // Not awaited: what a handler does when it is cancelled must not hold this up either.
            _ = _dispatcher.AbandonAsync();
        }

        _dispatcher.EndSending();
        await _loop.CloseAsync().ConfigureAwait(false);

        // A handler that blocks the loop, perhaps in waiting for this very stop, is not waited for.
        if (_dispatcher.Drained.IsCompleted || !_dispatcher.IsDispatching)
        {
            await _loop.Ended.ConfigureAwait(false);
        }

        TransportLog.Stopped(_environment.Logger, LocalEndPoint, _environment.Scheme);
        _completion.TrySetResult();
        _stopped.TrySetResult();
    }

    private void Died(Exception cause)
    {
        TransportLog.ListenerDied(_environment.Logger, LocalEndPoint, cause);
        _completion.TrySetException(
            new TransportException($"The receive loop on {LocalEndPoint} died: {cause.Message}", cause));

        // It is logged; that nobody looks at the task is no further fault.
        _ = _completion.Task.Exception;
    }
}
