using System.Collections.Concurrent;

namespace Transports.Testing;

/// <summary>
/// The one thread on which a simulated network, the library above it and the test's code run: work first, and when all
/// of it has come to rest the next thing on the agenda, at its time.
/// </summary>
internal sealed partial class EventLoop : IDisposable
{
    private static readonly TimeSpan ThreadIdleLimit = TimeSpan.FromSeconds(2);

    [ThreadStatic]
    private static EventLoop? _current;

    private readonly VirtualTimeProvider _time;
    private readonly LoopSettings _settings;
    private readonly LoopContext _userContext;
    private readonly LoopContext _libraryContext;
    private readonly PoolWatch _watch;
    private readonly Queue<LoopWork> _ready = new();
    private readonly ConcurrentQueue<LoopWork> _inbox = new();
    private readonly Lock _threadGate = new();
    private readonly object _wakeGate = new();
    private Thread? _thread;
    private bool _isWoken;
    private bool _isStirred;
    private volatile bool _isDisposed;

    public EventLoop(VirtualTimeProvider time, LoopSettings settings)
    {
        _time = time;
        _settings = settings;
        _userContext = new LoopContext(this, isUser: true);
        _libraryContext = new LoopContext(this, isUser: false);
        _watch = new PoolWatch(this);
    }

    public Agenda Agenda { get; } = new();

    public long NowTicks => _time.GetTimestamp();

    /// <summary>Whether the caller is on the loop's thread, which alone may touch the network's state.</summary>
    public bool IsCurrent => ReferenceEquals(_current, this);

    /// <summary>How many threads of the pool work for this simulation, for the report.</summary>
    public int PoolThreads => _watch.Running;

    /// <summary>Work of the library, to be done in its turn. From any thread.</summary>
    public void Post(Action<object?> callback, object? state = null) => Post(new LoopWork(callback, state, false));

    /// <summary>Work to be done in its turn. From any thread.</summary>
    public void Post(LoopWork work)
    {
        if (IsCurrent)
        {
            _ready.Enqueue(work);
            return;
        }

        _inbox.Enqueue(work);
        Wake();
    }

    /// <summary>Does something to the network: here and now on the loop's thread, soon from any other.</summary>
    public void Execute(Action action)
    {
        if (IsCurrent)
        {
            action();
        }
        else
        {
            Post(static work => ((Action)work!)(), action);
        }
    }

    /// <summary>Awaited, goes on on the loop's thread.</summary>
    public LoopSwitch Switch() => new(this);

    /// <summary>
    /// Awaited on the loop's thread, goes on when all that is due at this very moment has happened: what was sent
    /// before
    /// a port is opened must not find it open.
    /// </summary>
    public ValueTask SettleAsync()
    {
        if (!IsMoving || Agenda.NextTicks > NowTicks)
        {
            return default;
        }

        var settled = new LoopSignal(this);
        Agenda.Add(NowTicks, new TimedAction(settled.Set, isTraffic: true));
        return settled.WaitAsync(CancellationToken.None);
    }

    /// <summary>The test's code calls the library: until disposal.</summary>
    public LoopScope EnterLibrary() => new(this, null);

    /// <summary>The library calls the test's code: until disposal.</summary>
    public LoopScope EnterUser()
    {
        Stir();
        _stepsWithoutProgress = 0;
        return new LoopScope(this, _userContext);
    }

    /// <summary>
    /// The library awaits the test's code: until disposal an await comes back to the library's rules.
    /// </summary>
    public LoopScope EnterReturn() => new(this, _libraryContext);

    /// <summary>
    /// Code that is not the network's own gets to run, and may queue work on the thread pool. When there was none since
    /// all came to rest, nobody need look there: a segment that is merely acknowledged does not wait for the pool.
    /// </summary>
    public void Stir() => _isStirred = true;

    /// <summary>Makes the loop look again.</summary>
    public void Wake()
    {
        lock (_wakeGate)
        {
            _isWoken = true;
            Monitor.Pulse(_wakeGate);
        }

        if (_thread is null)
        {
            StartThread();
        }
    }

    /// <summary>The same, for what the loop's own thread need not be told.</summary>
    public void WakeFromElsewhere()
    {
        if (!IsCurrent)
        {
            Wake();
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        Wake();
    }

    private void StartThread()
    {
        lock (_threadGate)
        {
            if (_thread is null && !(_isDisposed && _inbox.IsEmpty))
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "simulated network" };
                _thread.UnsafeStart();
            }
        }
    }

    private void Run()
    {
        _current = this;
        Continuations.RunInline(Post);
        _watch.Adopt();
        while (!TryLeave())
        {
            try
            {
                RunTurn();
            }
#pragma warning disable CA1031 // whatever the test's callbacks throw fails the test, not the process
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Fail(exception);
            }
        }
    }

    /// <summary>
    /// A network that is forgotten instead of disposed of must not keep its thread: it is started again if need be.
    /// </summary>
    private bool TryLeave()
    {
        if (!_isDisposed && !_isLongIdle)
        {
            return false;
        }

        lock (_threadGate)
        {
            _isLongIdle = false;
            if (!_inbox.IsEmpty || _ready.Count > 0)
            {
                return false;
            }

            _thread = null;
            return true;
        }
    }

    private void RunTurn()
    {
        if (RunReady())
        {
            return;
        }

        if (_isDisposed)
        {
            return;
        }

        if (!_watch.IsAtRest(mayBeQueued: _isStirred || !IsDriven))
        {
            Wait(_settings.StallTimeout);
            return;
        }

        _isStirred = false;

        Advance();
    }

    private bool RunReady()
    {
        var any = false;
        while (true)
        {
            while (!_inbox.IsEmpty && _inbox.TryDequeue(out var posted))
            {
                _ready.Enqueue(posted);
            }

            if (!_ready.TryDequeue(out var work))
            {
                return any;
            }

            any = true;
            Run(work);
        }
    }

    private void Run(LoopWork work)
    {
        Stir();
        if (!work.IsUser)
        {
            work.Run();
            return;
        }

        using (EnterUser())
        {
            work.Run();
        }
    }

    /// <summary>Waits until woken; false if nobody did in time.</summary>
    private bool Wait(TimeSpan limit)
    {
        lock (_wakeGate)
        {
            while (!_isWoken && Monitor.Wait(_wakeGate, limit))
            {
                // Woken, or so it seems.
            }

            var was = _isWoken;
            _isWoken = false;
            return was;
        }
    }
}
