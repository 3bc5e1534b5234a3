namespace Transports;

/// <summary>
/// File descriptors that the process holds for the moment when it has no others, shared by all listeners on Linux.
/// </summary>
/// <remarks>
/// The runtime needs descriptors too, to start a thread or to load an assembly, and ends the process when it gets none.
/// So connections must not take the last ones. When few are left the reserve is given up for the runtime to use, and
/// nobody is accepted until it can be taken back. Few are left long before none are: between an accept and the look
/// that follows it a busy machine may start several threads. And the look itself takes none.
/// </remarks>
internal sealed class DescriptorReserve(
    Func<int> open, Action<int> close, Func<int, bool> isOpen, long limit)
{
    /// <summary>How many are held.</summary>
    public const int Size = 8;

    /// <summary>So many must be free while it is held: a new thread takes a pipe, that is two at once.</summary>
    public const int Spare = 8;

    /// <summary>
    /// The system gives out the lowest number that is free: as long as none has come closer to the limit than this
    /// there are plenty, and that costs no further look. Once one has, a low number may be one of the last.
    /// </summary>
    private const int CloseToTheLimit = 64;

    private readonly Lock _gate = new();
    private readonly Stack<int> _held = new(Size);
    private int _listeners;
    private volatile bool _wasClose;
    private volatile bool _isWhole;

    /// <summary>That of the process.</summary>
    public static DescriptorReserve Shared { get; } = OperatingSystem.IsLinux()
        ? new(LibC.CreateEvent, descriptor => _ = LibC.Close(descriptor), LibC.IsOpen, LibC.DescriptorLimit())
        : new(() => 0, _ => { }, _ => false, long.MaxValue);

    /// <summary>Takes the reserve for a listener that begins, unless another one did.</summary>
    public void Join()
    {
        lock (_gate)
        {
            _listeners++;
        }

        TryTake();
    }

    /// <summary>Gives it up with the last listener.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_listeners == 0)
            {
                GiveUp();
            }
        }
    }

    /// <summary>To be asked before each accept: false while the process has no descriptors to spare.</summary>
    public bool TryTake() => _isWhole || TryTakeAll();

    /// <summary>Accepting has found no descriptor left.</summary>
    public void OnExhausted()
    {
        lock (_gate)
        {
            GiveUp();
        }
    }

    /// <summary>Gives the reserve up as well if an accept has left too few, though it succeeded.</summary>
    public void OnAccepted(long descriptor)
    {
        if (descriptor >= limit - CloseToTheLimit)
        {
            _wasClose = true;
        }

        if (!_wasClose)
        {
            return;
        }

        lock (_gate)
        {
            if (!AreFree(Spare))
            {
                GiveUp();
            }
        }
    }

    private bool TryTakeAll()
    {
        lock (_gate)
        {
            if (_listeners == 0 || (AreFree(Size + Spare) && TryHold()))
            {
                return _isWhole = true;
            }

            // Half a reserve would be held back from those who need it now.
            GiveUp();
            return false;
        }
    }

    /// <summary>From above, where those are that were not needed yet.</summary>
    private bool AreFree(int count)
    {
        for (var descriptor = Math.Min(limit, int.MaxValue) - 1; descriptor >= 0 && count > 0; descriptor--)
        {
            count -= isOpen((int)descriptor) ? 0 : 1;
        }

        return count == 0;
    }

    private bool TryHold()
    {
        while (_held.Count < Size)
        {
            var descriptor = open();
            if (descriptor < 0)
            {
                return false;
            }

            _held.Push(descriptor);
        }

        return true;
    }

    private void GiveUp()
    {
        _isWhole = false;
        while (_held.TryPop(out var descriptor))
        {
            close(descriptor);
        }
    }
}
