using System.Diagnostics;
using System.Runtime.CompilerServices;
using Transports.Diagnostics;

namespace Transports;

internal sealed partial class StreamConnection
{
    private bool _isHandling;

    public bool IsHandling => Volatile.Read(ref _isHandling);

    /// <summary>Calls the handler; false when it faulted. A handler that does not wait costs nothing here.</summary>
    private ValueTask<bool> HandleAsync(int start, int length)
    {
        try
        {
            _context!.Begin(start, length);
            var handling = _listener!.Handler.HandleAsync(_context!, _endedToken);
            if (!handling.IsCompleted)
            {
                return AwaitHandlerAsync(handling);
            }

            handling.GetAwaiter().GetResult();
        }
#pragma warning disable CA1031 // a handler may throw anything; it ends this connection and nothing else
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _context!.End();
            return new ValueTask<bool>(OnHandlerFaulted(exception));
        }

        _context!.End();
        return new ValueTask<bool>(true);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> AwaitHandlerAsync(ValueTask handling)
    {
        try
        {
            await handling.ConfigureAwait(false);
            return true;
        }
#pragma warning disable CA1031 // a handler may throw anything; it ends this connection and nothing else
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return OnHandlerFaulted(exception);
        }
        finally
        {
            _context!.End();
        }
    }

    private async ValueTask<bool> HandleObservedAsync(int start, int length)
    {
        using var activity = TransportTracing.StartHandling(_environment.Scheme, Id, length);
        var started = _environment.TimeProvider.GetTimestamp();
        try
        {
            _context!.Begin(start, length);
            await _listener!.Handler.HandleAsync(_context!, _endedToken).ConfigureAwait(false);
            return true;
        }
#pragma warning disable CA1031 // a handler may throw anything; it ends this connection and nothing else
        catch (Exception exception)
#pragma warning restore CA1031
        {
            TransportTracing.Fail(activity, exception);
            return OnHandlerFaulted(exception);
        }
        finally
        {
            _context!.End();
            _environment.Metrics.Handled(_environment.TimeProvider.GetElapsedTime(started));
        }
    }

    private bool OnHandlerFaulted(Exception exception)
    {
        if (!IsOwnEnd(exception))
        {
            TransportLog.HandlerFaulted(_environment.Logger, Id, exception);
        }

        return false;
    }

    /// <summary>
    /// A handler that learns of the connection's end in the middle of its work has done nothing wrong.
    /// </summary>
    private bool IsOwnEnd(Exception exception) =>
        IsClosing && exception is OperationCanceledException or ConnectionClosedException;

    private async ValueTask ConnectObserverAsync()
    {
        if (_listener?.Handler is not IConnectionObserver observer)
        {
            return;
        }

        (_isBusy, _isObserved) = (true, true);
        Volatile.Write(ref _isHandling, true);
        try
        {
            await observer.OnConnectedAsync(this, _endedToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // an observer may throw anything; it ends this connection and nothing else
        catch (Exception exception)
#pragma warning restore CA1031
        {
            OnObserverFaulted(exception);
            TryClose(CloseReason.HandlerFaulted);
        }
        finally
        {
            Touch();
            Volatile.Write(ref _isHandling, false);
            Volatile.Write(ref _isBusy, false);
        }
    }

    private async ValueTask DisconnectObserverAsync(CloseReason reason)
    {
        if (!_isObserved)
        {
            return;
        }

        Debug.Assert(_listener?.Handler is IConnectionObserver, "Only an observer that was called is called again.");
        Volatile.Write(ref _isHandling, true);
        try
        {
            await ((IConnectionObserver)_listener.Handler).OnDisconnectedAsync(this, reason).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // an observer may throw anything; the connection has ended all the same
        catch (Exception exception)
#pragma warning restore CA1031
        {
            OnObserverFaulted(exception);
        }
    }

    private void OnObserverFaulted(Exception exception)
    {
        if (!IsOwnEnd(exception))
        {
            TransportLog.ObserverFaulted(_environment.Logger, Id, exception);
        }
    }
}
