namespace Transports;

/// <summary>
/// Tells a thread that waits for its sockets whether to ask the system again and again instead of going to sleep. To
/// fall asleep and be woken can take several times as long as to answer a message: a thread that is asked one thing
/// after another by one peer answers sooner if it stays awake.
/// </summary>
/// <remarks>
/// It goes by what happened. Only waits that end soon, each with something from the same peer, earn the trust to poll:
/// where many want something, a short sleep lets their messages gather. What was of no use costs trust, and so does
/// being interrupted: somebody else needs the processor, perhaps the very one that is waited for. Who loses all trust
/// must wait longer each time before it tries again, so that what is polled in vain never takes a noticeable part of
/// the time, and a thread that has nothing to do sleeps. For the thread that leads only.
/// </remarks>
internal sealed class BusyPoll
{
    /// <summary>How many waits in a row must have been worth it before the first poll.</summary>
    private const int Proof = 32;

    private const int FirstTrust = 16;
    private const int MostTrust = 32;
    private const int PriceOfFailure = 8;
    private const int FirstPause = 64;
    private const int LongestPause = 8 * 1024;

    private readonly TimeProvider _clock;
    private readonly bool _isWanted;
    private readonly long _longest;
    private readonly long _interruption;

    // Above 0 it polls; below, this many good waits are missing.
    private int _trust = -Proof;
    private int _pause = FirstPause;
    private ulong? _last;
    private long _begun;
    private long _seen;
    private int _looks;
    private bool _polls;
    private bool _isInterrupted;

    public BusyPoll(TimeProvider clock, bool isWanted = true)
    {
        (_clock, _isWanted) = (clock, isWanted);
        _longest = clock.TimestampFrequency / 10_000;
        _interruption = clock.TimestampFrequency / 100_000;
    }

    /// <summary>For real threads and sockets: it goes by the machine's own clock, and by the switch.</summary>
    public static BusyPoll Create() =>
        new(TimeProvider.System, ProcessSwitches.IsOn(ProcessSwitches.BusyPoll));

    /// <summary>How long the last wait took, in units of the clock.</summary>
    public long Elapsed => _seen - _begun;

    /// <summary>A wait begins.</summary>
    public void Begin()
    {
        _seen = _begun = _clock.GetTimestamp();
        _polls = _isWanted && _trust > 0;
        _isInterrupted = false;
        _looks = 0;
    }

    /// <summary>Asked before each look at the sockets, until there is something.</summary>
    /// <returns>True to look without waiting; false to sleep until there is something.</returns>
    public bool Polls()
    {
        if (_polls)
        {
            Look();
            _looks++;
            _polls = _seen - _begun < _longest;
        }

        return _polls;
    }

    /// <summary>The wait has ended.</summary>
    /// <param name="who">The socket or peer that brought something; null when there were several.</param>
    public void End(ulong? who)
    {
        Look();
        var isSame = who is not null && who == _last;
        _last = who;
        if (!isSame)
        {
            _trust = Math.Min(_trust, -Proof);
        }
        else if (_trust > 0)
        {
            // What the first look found a sleep would have found as soon.
            if (_looks > 1)
            {
                Judge(isGood: _polls && !_isInterrupted);
            }
        }
        else if (_seen - _begun > 2 * _longest)
        {
            // A wait that took less may have been half as long without the falling asleep and the waking up.
            _trust = Math.Min(_trust, -Proof);
        }
        else if (++_trust == 0)
        {
            _trust = FirstTrust;
        }
    }

    private void Judge(bool isGood)
    {
        _trust = isGood ? Math.Min(_trust + 1, MostTrust) : _trust - PriceOfFailure;
        if (_trust == MostTrust)
        {
            _pause = FirstPause;
        }
        else if (_trust <= 0)
        {
            _trust = -_pause;
            _pause = Math.Min(2 * _pause, LongestPause);
        }
    }

    /// <summary>Between two looks there is one system call: who took longer was not running.</summary>
    private void Look()
    {
        var now = _clock.GetTimestamp();
        _isInterrupted |= now - _seen > _interruption;
        _seen = now;
    }
}
