using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using Transports.Diagnostics;

namespace Transports;

/// <summary>
/// One datagram that is being handled. Has the slot it was received into, so that a handler may keep the payload for
/// as long as it works, and everything else that handling it needs: using it again costs no allocation.
/// </summary>
internal sealed class DatagramContext : MessageContext
{
    private readonly DatagramDispatcher _dispatcher;
    private readonly DatagramWriter _reply;
    private readonly Action _onHandled;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _handling;
    private Activity? _activity;
    private long _startedAt;
    private ReplyBatch? _replies;
    private Thread? _thread;
    private long _allowance;
    private EndPoint? _remote;
    private EndPoint? _local;
    private DatagramPeer? _peer;
    private volatile bool _ended = true;

    public DatagramContext(DatagramDispatcher dispatcher, DatagramSender sender, Datagram datagram)
    {
        _dispatcher = dispatcher;
        _reply = new DatagramWriter(this, sender, dispatcher.Environment.Options.MaxMessageBytes);
        _onHandled = OnHandled;
        Datagram = datagram;
    }

    public override ReadOnlyMemory<byte> Payload => Live().Datagram.Payload;

    public override EndPoint RemoteEndPoint => Live().Remote;

    public override EndPoint LocalEndPoint => Live()._local ??= _dispatcher.LocalOf(Datagram);

    public override IConnection Connection =>
        Live()._peer ??= _dispatcher.NewPeer(Datagram, Remote, LocalEndPoint, _allowance);

    public override MessageWriter Reply => Live()._reply;

    /// <summary>The slot it was received into.</summary>
    public Datagram Datagram { get; private set; }

    /// <summary>Who sent it; for this library, which may ask at any time.</summary>
    public EndPoint Remote => _remote ??= _dispatcher.ToEndPoint(Datagram.Address);

    /// <summary>The lead of the thread that calls the handler, from <see cref="Collect"/> on.</summary>
    public Lead? Lead { get; private set; }

    /// <summary>
    /// Where replies are collected, on the very thread that called the handler and until it returns; else null. A
    /// handler that has gone asynchronous can be at work on another thread before the loop knows of it.
    /// </summary>
    public ReplyBatch? Replies =>
        Volatile.Read(ref _thread) == Thread.CurrentThread ? _replies : null;

    public override void ConfirmRemoteAddress()
    {
        Live()._allowance = long.MaxValue;
        _peer?.Confirm();
    }

    /// <summary>False when a reply of that length is more than its request allows.</summary>
    public bool TrySpend(int length)
    {
        // A view may outlive this, so it takes the account along.
        if (_peer is not null)
        {
            return _peer.TrySpend(length);
        }

        if (_allowance == long.MaxValue)
        {
            return true;
        }

        var rest = _allowance - length - _dispatcher.HeaderBytesOf(Datagram);
        if (rest < 0)
        {
            return false;
        }

        _allowance = rest;
        return true;
    }

    /// <summary>This thread, which has the lead, is about to call handlers: what they reply is collected.</summary>
    public void Collect(ReplyBatch replies, Lead lead)
    {
        (_replies, Lead) = (replies, lead);
        Volatile.Write(ref _thread, Thread.CurrentThread);
    }

    /// <summary>What the handler replies leaves at once from now on.</summary>
    /// <returns>What was collected; null the second time.</returns>
    public ReplyBatch? StopCollecting()
    {
        Volatile.Write(ref _thread, null);
        var replies = _replies;
        _replies = null;
        return replies;
    }

    public void ThrowIfEnded() => MessageLifetime.ThrowIfEnded(_ended);

    public ValueTask SendReplyAsync(Datagram message) => _dispatcher.SendReplyAsync(this, message);

    /// <summary>The handler is about to be called.</summary>
    /// <param name="datagram">Its message.</param>
    /// <param name="isObserved">True when somebody wants to know how long it takes, or listens for activities.</param>
    public void Begin(Datagram datagram, bool isObserved)
    {
        Datagram = datagram;
        _ended = false;
        _allowance = _dispatcher.AllowanceOf(datagram);
        if (isObserved)
        {
            Observe();
        }
    }

    /// <summary>The handler has not completed at once: tells the dispatcher when it has.</summary>
    public void FinishLater(ValueTask handling)
    {
        if (_activity is not null)
        {
            // It stays current for the handler's own flow; the thread goes on to another message.
            Activity.Current = null;
        }

        _handling = handling.ConfigureAwait(false).GetAwaiter();
        _handling.UnsafeOnCompleted(_onHandled);
    }

    /// <summary>The handler has ended: from now on every member throws.</summary>
    public void End(Exception? fault)
    {
        _ended = true;
        _reply.Discard();
        _remote = null;
        _local = null;
        _peer = null;
        if (_startedAt != 0)
        {
            _dispatcher.Environment.Metrics.Handled(
                _dispatcher.Environment.TimeProvider.GetElapsedTime(_startedAt));
            _startedAt = 0;
        }

        if (_activity is { } activity)
        {
            _activity = null;
            if (fault is not null)
            {
                TransportTracing.Fail(activity, fault);
            }

            activity.Dispose();
        }
    }

    private void Observe()
    {
        if (TransportMetrics.HandlerDurationEnabled)
        {
            _startedAt = _dispatcher.Environment.TimeProvider.GetTimestamp();
        }

        if (TransportTracing.Enabled)
        {
            _activity = TransportTracing.StartHandling(
                _dispatcher.Environment.Scheme, _dispatcher.IdOf(Remote), Datagram.Length);
        }
    }

    private DatagramContext Live()
    {
        ThrowIfEnded();
        return this;
    }

    private void OnHandled()
    {
        Exception? fault = null;
        try
        {
            _handling.GetResult();
        }
#pragma warning disable CA1031 // Whatever the handler throws stays with its message.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            fault = exception;
        }

        _handling = default;
        _dispatcher.FinishParked(this, fault);
    }
}
