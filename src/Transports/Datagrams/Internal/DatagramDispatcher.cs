using System.Net;
using System.Net.Sockets;
using Transports.Diagnostics;

namespace Transports;

/// <summary>
/// Turns received datagrams into handled messages and replies. Knows no socket, thread or clock: it is told that a
/// batch came, calls the handler for each message where it stands, and collects the replies.
/// </summary>
#pragma warning disable CA1001 // The token source has neither timer nor handle, and its token outlives the listener.
internal sealed partial class DatagramDispatcher : IBatchHandler
#pragma warning restore CA1001
{
    private const int PooledContexts = 256;

    private readonly DatagramChannel _channel;
    private readonly IMessageHandler _handler;
    private readonly string _id;
    private readonly AddressFamily _family;
    private readonly int _maxActive;
    private readonly Task _listenerCompletion;
    private readonly DatagramSender _sender;
    private readonly DropCounter _drops;
    private readonly SenderGuard _guard;
    private readonly int _replyFactor;
    private readonly ObjectPool<DatagramContext> _pool;
    private readonly Datagram[] _slots;
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource _drained = new(Continuations.Options);

    // The batch that is being handled, and how far it is: here, because another thread may go on with it. As long as
    // handlers complete at once, all messages are handled in one context, which stays in the nearest cache.
    private DatagramContext _context;
    private volatile Lead _lead = new();
    private int _next;
    private int _count;
    private long _messages;
    private long _bytes;
    private int _active;
    private bool _isObserved;
    private volatile bool _isDispatching;
    private volatile bool _stopping;
    private volatile bool _isShedding;

    public DatagramDispatcher(
        DatagramChannel channel,
        IMessageHandler handler,
        DatagramEnvironment environment,
        Task listenerCompletion,
        int shards)
    {
        // The batch itself counts as one.
        _maxActive = ((environment.Options.MaxConcurrentMessages - 1) / shards) + 2;
        _channel = channel;
        _handler = handler;
        _listenerCompletion = listenerCompletion;
        Environment = environment;
        LocalEndPoint = channel.LocalEndPoint;
        _family = LocalEndPoint.AddressFamily;
        _id = environment.NextId();
        _drops = new DropCounter(environment, LocalEndPoint);
        _guard = new SenderGuard(channel, environment.Options, environment.TimeProvider);
        _replyFactor = environment.Options.MaxReplyFactor;
        _sender = new DatagramSender(channel, environment, _drops);
        _pool = new ObjectPool<DatagramContext>(NewContext, PooledContexts);
        _context = _pool.Rent();
        _slots = new Datagram[channel.BatchSize];
        for (var index = 0; index < _slots.Length; index++)
        {
            _slots[index] = channel.NewSlot(environment.Options);
        }
    }

    public DatagramEnvironment Environment { get; }

    public EndPoint LocalEndPoint { get; }

    /// <summary>Where the next batch is received.</summary>
    public Memory<Datagram> Slots => _slots;

    /// <summary>Ends when, after <see cref="StopTaking"/>, nothing is being handled any more.</summary>
    public Task Drained => _drained.Task;

    /// <summary>How much is being handled.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>True while a batch is being handled by the receive loop.</summary>
    public bool IsDispatching => _isDispatching;

    /// <inheritdoc/>
    public long Dispatching => _lead.Dispatching;

    /// <summary>
    /// What may be sent because of that datagram, headers included, until its sender has shown that it is there.
    /// </summary>
    public long AllowanceOf(Datagram datagram) =>
        _replyFactor == 0 ? long.MaxValue : (long)_replyFactor * (datagram.Length + HeaderBytesOf(datagram));

    /// <summary>What a datagram to the same peer weighs besides its payload.</summary>
    public int HeaderBytesOf(Datagram datagram) => PeerAddress.HeaderBytes(datagram.Address, _family);

    public ValueTask SendReplyAsync(DatagramContext context, Datagram message)
    {
        if (!context.TrySpend(message.Length) && !IsOnThisMachine(context.Datagram))
        {
            _drops.Drop(DropReason.ReplyWithheld);
            _sender.Return(message);
            return default;
        }

        message.LocalAddress = context.Datagram.LocalAddress;
        if (message.Pinned != 0)
        {
            // Shared, not copied: it leaves before anything is received into that address.
            message.Address = context.Datagram.Address;
        }
        else
        {
            message.CopyAddress(context.Datagram.Address);
        }

        return context.Replies is { } replies
            ? CollectAsync(context, replies, message)
            : _sender.SendAsync(message);
    }

    public EndPoint ToEndPoint(SocketAddress address) => SocketEndPoints.Normalize(LocalEndPoint.Create(address))!;

    public string IdOf(EndPoint remote) => $"{_id}/{remote}";

    /// <summary>
    /// Where it arrived: on a listener on all addresses the one that was asked, if the system said so.
    /// </summary>
    public EndPoint LocalOf(Datagram datagram) =>
        datagram.LocalAddress != default && LocalEndPoint is IPEndPoint own
            ? new IPEndPoint(PeerAddress.ToAddress(datagram.LocalAddress), own.Port)
            : LocalEndPoint;

    public DatagramPeer NewPeer(Datagram datagram, EndPoint remote, EndPoint local, long allowance)
    {
        var address = datagram.Address;
        var own = new SocketAddress(address.Family, address.Size);
        address.Buffer.Span[..address.Size].CopyTo(own.Buffer.Span);
        return new DatagramPeer(IdOf(remote), local, remote, own, _sender, _drops, _listenerCompletion)
        {
            MaxMessageBytes = Environment.Options.MaxMessageBytes,
            LocalAddress = datagram.LocalAddress,
            HeaderBytes = HeaderBytesOf(datagram),
            Allowance = IsOnThisMachine(datagram) ? long.MaxValue : allowance,
        };
    }

    /// <summary>Asked only where it matters: no network delivers a datagram that claims a loopback address.</summary>
    private bool IsOnThisMachine(Datagram datagram) => Environment.Options.TrustsLoopback
        && LocalEndPoint is IPEndPoint
        && PeerAddress.IsLoopback(PeerAddress.ToKey(datagram.Address, _family));

    /// <summary>A handler that did not complete at once has ended.</summary>
    public void FinishParked(DatagramContext context, Exception? fault)
    {
        Finish(context, fault);
        context.Datagram.ReleaseBuffer(Environment.Options.BufferPool);
        _pool.Return(context);
        Leave();
    }

    /// <summary>Drops every datagram from now on; what is being handled goes on.</summary>
    public void StopTaking()
    {
        _stopping = true;
        Interlocked.MemoryBarrier();
        if (Active == 0)
        {
            _drained.TrySetResult();
        }
    }

    /// <summary>Drops every datagram as long as the server is overloaded.</summary>
    public void Shed(bool isShedding) => _isShedding = isShedding;

    /// <summary>Cancels what is still being handled, and cares for it no more.</summary>
    public async Task AbandonAsync()
    {
        try
        {
            await Continuations.CancelAsync(_abort).ConfigureAwait(false);
        }
        catch (AggregateException exception)
        {
            // A callback that a handler registered on its token threw.
            TransportLog.HandlerFaulted(Environment.Logger, _id, exception);
        }
    }

    /// <summary>The channel is about to close: nothing is sent any more.</summary>
    public void EndSending() => _sender.End();

    private void Leave()
    {
        if (Interlocked.Decrement(ref _active) == 0 && _stopping)
        {
            _drained.TrySetResult();
        }
    }

    private DatagramContext NewContext() =>
        new(this, _sender, new Datagram(default, DatagramSender.NewAddress(_channel)));

    /// <summary>
    /// The handler of that slot's message goes on, and keeps the slot with the context. The batch gets fresh ones; as
    /// such handlers come again, the slot has a buffer of its own from now on.
    /// </summary>
    private void Replace(int index)
    {
        _slots[index].Keep();
        _context = _pool.Rent();
        _slots[index] = _context.Datagram;
        _channel.RentBuffer(_slots[index], Environment.Options);
    }
}
