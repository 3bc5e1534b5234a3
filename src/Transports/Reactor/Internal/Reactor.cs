using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Transports;

/// <summary>
/// One epoll set and the thread that leads it. What a ready descriptor brings is read, handled and answered on that
/// thread: there is no hop between learning of a message and replying to it.
/// </summary>
/// <remarks>
/// A handler that blocks would stop everybody else on this set. So the lead can be taken from a thread that is stuck in
/// a dispatch: another thread goes on with the events that are left. See <see cref="Lead"/>.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "A reactor lives as long as the process, like the thread pool.")]
internal sealed unsafe class Reactor : IWatchedLead
{
    private const int MaxEvents = 256;

    private readonly int _epoll;
    private readonly byte* _events;
    private readonly ReactorTable _targets = new();
    private readonly BusyPoll _poll = BusyPoll.Create();
    private readonly LeaderThreads _threads;
    private volatile Lead _lead = new();
    private readonly SendBatch? _sends;
    private int _next;
    private int _count;

    public Reactor(string name)
    {
        _epoll = LibC.CreateEpoll();
        if (_epoll < 0)
        {
            throw new TransportException(
                $"epoll is not to be had: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }

        _sends = SendBatch.TryCreate(out var obstacle);
        GatheringObstacle = obstacle;
        _events = (byte*)NativeMemory.Alloc((nuint)(MaxEvents * EpollEvent.Bytes));
        _threads = new LeaderThreads(name, LeadOn);
        _threads.Promote();
    }

    /// <inheritdoc/>
    public long Dispatching => _lead.Dispatching;

    /// <summary>Why what connections send is not gathered; null if it is.</summary>
    public string? GatheringObstacle { get; }

    /// <summary>How many descriptors are watched.</summary>
    public int TargetCount => _targets.Count;

    /// <summary>Watches a descriptor; events may be reported before this method returns.</summary>
    /// <returns>The key for <see cref="Modify"/> and <see cref="Remove"/>.</returns>
    public ulong Add(int descriptor, uint events, IReactorTarget target)
    {
        var key = _targets.Add(target);
        if (Control(LibC.EpollCtlAdd, descriptor, events, key) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            _targets.Remove(key);
            throw new TransportException($"epoll refuses a descriptor: {Marshal.GetPInvokeErrorMessage(error)}");
        }

        return key;
    }

    /// <summary>Changes what is watched for; what is ready already is reported again.</summary>
    public void Modify(int descriptor, uint events, ulong key) =>
        Control(LibC.EpollCtlModify, descriptor, events, key);

    /// <summary>Forgets the target. Closing its descriptor takes it out of the epoll set.</summary>
    public void Remove(ulong key) => _targets.Remove(key);

    /// <summary>Forgets the target and takes its descriptor, which lives on, out of the epoll set.</summary>
    public void Release(int descriptor, ulong key)
    {
        Control(LibC.EpollCtlDelete, descriptor, events: 0, key);
        _targets.Remove(key);
    }

    /// <summary>See <see cref="SendBatch.TryAdd"/>; false also where there is no such batch.</summary>
    public bool TryGather(int descriptor, ReadOnlySpan<byte> bytes, StreamOutput output) =>
        _sends is not null && _sends.TryAdd(descriptor, bytes, output);

    /// <inheritdoc/>
    public void HandOnLead(long dispatch)
    {
        if (_lead.TryTake(dispatch) is { } next)
        {
            _lead = next;
            _threads.Promote();
        }
    }

    private int Control(int operation, int descriptor, uint events, ulong key)
    {
        var change = stackalloc byte[16];
        EpollEvent.Write(change, events, key);
        return LibC.EpollControl(_epoll, operation, descriptor, change);
    }

    /// <summary>Leads until the lead is taken away.</summary>
    /// <remarks>
    /// Nothing that it calls to dispatch is inlined: while it waits, its frame would keep alive what the last event was
    /// about.
    /// </remarks>
    private void LeadOn()
    {
        var lead = _lead;
        _sends?.Own();

        // What the leader before this one had gathered has waited as long as that one was stuck.
        if (!DispatchSends(lead))
        {
            return;
        }

        while (DispatchAll(lead) && DispatchSends(lead))
        {
            _next = 0;
            _count = Wait();
        }
    }

    private int Wait()
    {
        var count = 0;
        _poll.Begin();
        while (count == 0)
        {
            count = LibC.EpollWait(_epoll, _events, MaxEvents, timeoutMilliseconds: _poll.Polls() ? 0 : -1);
        }

        _poll.End(count == 1 ? EpollEvent.Data(_events) : null);
        return count;
    }

    /// <summary>Sends what is gathered. False when the lead was taken away meanwhile.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool DispatchSends(Lead lead)
    {
        if (_sends is null or { IsEmpty: true })
        {
            return true;
        }

        lead.Begin();
        _sends.Send();
        return lead.TryEnd();
    }

    /// <summary>False when the lead was taken away in the middle; the events left are the next leader's.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool DispatchAll(Lead lead)
    {
        while (_next < _count)
        {
            var entry = _events + (_next++ * EpollEvent.Bytes);
            var (events, target) = (EpollEvent.Events(entry), _targets.Find(EpollEvent.Data(entry)));
            if (target is null)
            {
                continue;
            }

            lead.Begin();
            target.OnReady(events);
            _sends?.SendIfDue();
            if (!lead.TryEnd())
            {
                return false;
            }
        }

        return true;
    }
}
