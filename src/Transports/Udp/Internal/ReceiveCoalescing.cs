namespace Transports;

/// <summary>
/// Tells a thread that has emptied its socket whether to let datagrams gather for a moment before it receives again,
/// as network cards do before they interrupt. Where many keep sending, a thread that sleeps until the next datagram is
/// woken almost at once, and finds few: each wake-up costs the sender, and each small batch the receiver.
/// </summary>
/// <remarks>
/// It goes by what happened. A wait that ended soon, with a few datagrams that cannot have taken so long to receive,
/// was hardly worth falling asleep for. One that lasted longer says that the peers wait for replies: whoever pauses
/// then makes everybody wait. So does a pause in which little gathered, and the more of those there were in a row, the
/// longer it takes until the next. For the thread that leads only.
/// </remarks>
internal sealed class ReceiveCoalescing
{
    /// <summary>How many messages must come between two pauses, so that pauses are a small part of the time.</summary>
    private const int Interval = 32;

    /// <summary>A pause in which fewer came was in vain.</summary>
    private const int Worth = 8;

    /// <summary>So many or more take about as long to receive as a short wait, and say nothing.</summary>
    private const int Many = 16;

    /// <summary>How many more short waits than long ones there must have been before the first pause.</summary>
    private const int Proof = 16;

    private const int MostTrust = 32;
    private const int FirstPrice = 64;
    private const int HighestPrice = 1024;

    private readonly bool _isWanted;
    private readonly long _leastWait;
    private readonly long _longWait;

    private int _trust;
    private int _price = FirstPrice;
    private int _missing;
    private bool _pauses;

    public ReceiveCoalescing(TimeProvider clock, bool isWanted = true)
    {
        _isWanted = isWanted;

        // 10 µs: a few messages are received in less. 40 µs: to be woken takes 16 to 32 by itself.
        _leastWait = clock.TimestampFrequency / 100_000;
        _longWait = clock.TimestampFrequency / 25_000;
    }

    /// <summary>For real threads and sockets: it goes by the machine's own clock, and by the switch.</summary>
    public static ReceiveCoalescing Create() =>
        new(TimeProvider.System, ProcessSwitches.IsOn(ProcessSwitches.CoalesceReceives));

    /// <summary>A receive begins.</summary>
    /// <param name="isEmpty">True when the last one has emptied the socket.</param>
    /// <returns>True to pause before.</returns>
    public bool Begin(bool isEmpty) =>
        _pauses = _isWanted && isEmpty && _missing <= 0 && _trust >= Proof;

    /// <summary>The receive has ended.</summary>
    /// <param name="count">How many messages it brought.</param>
    /// <param name="elapsed">How long it took, without the pause, in units of the clock.</param>
    public void End(int count, long elapsed)
    {
        if (_pauses)
        {
            _missing = Interval;
            Judge(isGood: count >= Worth);
        }
        else if (elapsed > _leastWait && count < Many)
        {
            Learn(count, elapsed);
        }

        _missing -= count;
    }

    /// <summary>One datagram that came soon may be the only one: nothing would have gathered.</summary>
    private void Learn(int count, long elapsed)
    {
        if (elapsed <= _longWait)
        {
            _trust = count > 1 ? Math.Min(_trust + 1, MostTrust) : _trust;
        }
        else if (_trust > 0)
        {
            _trust--;
        }
    }

    private void Judge(bool isGood)
    {
        if (isGood)
        {
            _price = FirstPrice;
        }
        else
        {
            _trust = -_price;
            _price = Math.Min(2 * _price, HighestPrice);
        }
    }
}
