using System.Runtime.InteropServices;

namespace Transports;

/// <summary>
/// Gathers what the connections of one reactor have to send while it dispatches, and sends it by one system call. A
/// call costs about as much as all that we do for a message; gathered they cost a small part of that.
/// </summary>
/// <remarks>
/// Whoever leads the reactor owns this: it alone adds, and sends before it waits for events again. The gate is for the
/// moment at which the lead is taken from it.
/// </remarks>
internal sealed unsafe class SendBatch
{
    private const int MaxSends = 64;
    private const int ArenaBytes = 64 * 1024;

    /// <summary>Longer sends go by themselves: to copy them would cost more than the call that it saves.</summary>
    private const int MaxBytes = 8 * 1024;

    // This is about real threads and sockets, so it goes by the machine's own clock.
    private static readonly TimeProvider Clock = TimeProvider.System;

    /// <summary>How old a gathered send may be when another handler is called: slow handlers hold none back.</summary>
    private static readonly long MaxAge = Clock.TimestampFrequency / 10_000;

    private readonly Lock _gate = new();
    private readonly SendRing _ring;
    private readonly byte* _arena = (byte*)NativeMemory.Alloc(ArenaBytes);
    private readonly Entry[] _entries = new Entry[MaxSends];
    private readonly int[] _results = new int[MaxSends];
    private Thread? _owner;
    private int _count;
    private int _used;
    private int _ended;
    private bool _isSent;
    private long _since;

    private SendBatch(SendRing ring) => _ring = ring;

    /// <summary>Nothing is gathered.</summary>
    public bool IsEmpty => _count == 0;

    private bool IsDue => _count == MaxSends || ArenaBytes - _used < MaxBytes || Clock.GetTimestamp() - _since > MaxAge;

    private bool IsOwner => _owner == Thread.CurrentThread;

    /// <summary>Null, and why, where it was switched off, or the system has no io_uring or forbids it.</summary>
    public static SendBatch? TryCreate(out string? obstacle)
    {
        if (!ProcessSwitches.IsOn(ProcessSwitches.GatherSends))
        {
            obstacle = "switched off";
            return null;
        }

        var ring = SendRing.TryCreate(MaxSends, out var error);
        obstacle = ring is null ? LinuxErrors.Describe(error) : null;
        return ring is null ? null : new SendBatch(ring);
    }

    /// <summary>The calling thread leads from now on; what the one before it had gathered is its own.</summary>
    public void Own()
    {
        lock (_gate)
        {
            _owner = Thread.CurrentThread;
        }
    }

    /// <summary>
    /// Takes a copy of the bytes and sends it soon; <paramref name="output"/> is told when that has been tried.
    /// </summary>
    /// <returns>False when they have to be sent at once: too long, too many, or on another thread.</returns>
    public bool TryAdd(int descriptor, ReadOnlySpan<byte> bytes, StreamOutput output)
    {
        if (bytes.Length > MaxBytes || !IsOwner)
        {
            return false;
        }

        lock (_gate)
        {
            if (!IsOwner || _isSent || _count == MaxSends || ArenaBytes - _used < bytes.Length)
            {
                return false;
            }

            if (_count == 0)
            {
                _since = Clock.GetTimestamp();
            }

            var start = _arena + _used;
            bytes.CopyTo(new Span<byte>(start, bytes.Length));
            _ring.Add(descriptor, start, bytes.Length);
            _entries[_count++] = new Entry(output, _used, bytes.Length);
            _used += bytes.Length;
            return true;
        }
    }

    /// <summary>Sends what was gathered if it is much, or has waited for long.</summary>
    public void SendIfDue()
    {
        if (_count > 0 && IsDue)
        {
            Send();
        }
    }

    /// <summary>Sends what was gathered. For the leader, in a dispatch: the outputs go on in here.</summary>
    public void Send()
    {
        lock (_gate)
        {
            if (_count == 0 || !IsOwner)
            {
                return;
            }

            if (!_isSent)
            {
                _ring.Submit(_results);
                _isSent = true;
            }
        }

        // Each may go on to anything, also to sending; where one gets stuck the next leader continues.
        while (TryEndNext(out var output, out var rest, out var error))
        {
            output.EndGathered(rest, error);
        }
    }

    private bool TryEndNext(out StreamOutput output, out byte[] rest, out Exception? error)
    {
        (output, rest, error) = (null!, [], null);
        lock (_gate)
        {
            if (!IsOwner || !_isSent)
            {
                return false;
            }

            if (_ended == _count)
            {
                (_count, _used, _ended, _isSent) = (0, 0, 0, false);
                return false;
            }

            ref var entry = ref _entries[_ended];
            var result = _results[_ended++];
            output = entry.Output;
            entry.Output = null!;
            if (result >= entry.Length)
            {
                return true;
            }

            if (result < 0 && result is not (-LibC.Eagain or -LibC.Eintr))
            {
                error = LinuxErrors.OnTransfer(-result);
                return true;
            }

            // What the socket has not taken goes on its own way; it is copied while nobody else can use the arena, and
            // not into a rented buffer: a pool is foreign code, which does not belong under the gate.
            var sent = Math.Max(result, 0);
            rest = new ReadOnlySpan<byte>(_arena + entry.Start + sent, entry.Length - sent).ToArray();
            return true;
        }
    }

    private record struct Entry(StreamOutput Output, int Start, int Length);
}
