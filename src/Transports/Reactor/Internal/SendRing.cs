using System.Runtime.CompilerServices;

namespace Transports;

/// <summary>
/// Sends on many sockets by one system call: an io_uring (io_uring(7)) of which nothing is wanted but that. Each send
/// is one that does not block, so it has ended when the call comes back. Not thread-safe.
/// </summary>
internal sealed unsafe class SendRing : IDisposable
{
    private const int ParametersBytes = 120;
    private const int EntryBytes = 64;
    private const int ResultBytes = 16;
    private const nint EntriesOffset = 0x10000000;

    /// <summary>One entry that cannot be begun does not keep back those behind it (Linux 5.18).</summary>
    private const uint SetupSubmitAll = 1 << 7;

    private const uint FeatureSingleMap = 1;
    private const byte OperationSend = 26;

    private readonly int _ring;
    private readonly byte* _queues;
    private readonly nint _queuesBytes;
    private readonly byte* _entries;
    private readonly Offsets _offsets;

    /// <summary>How many sends there may be in one call: a power of two.</summary>
    private readonly int _capacity;

    private int _pending;

    private SendRing(int ring, uint* parameters)
    {
        _ring = ring;
        _capacity = (int)parameters[0];
        _offsets = new Offsets(parameters);
        _queuesBytes = _offsets.QueuesBytes;
        _queues = LibC.Map(ring, _queuesBytes, 0);
        _entries = LibC.Map(ring, _capacity * EntryBytes, EntriesOffset);
    }

    private bool IsMapped => _queues is not null && _entries is not null;

    /// <summary>Null where the system has no such ring, or forbids it, as many containers do.</summary>
    public static SendRing? TryCreate(int capacity, out int error)
    {
        var parameters = stackalloc uint[ParametersBytes / sizeof(uint)];
        new Span<byte>(parameters, ParametersBytes).Clear();
        parameters[2] = SetupSubmitAll;
        var descriptor = LibC.CreateRing((uint)capacity, parameters);
        error = descriptor < 0 ? LibC.LastError : 0;
        if (descriptor < 0)
        {
            return null;
        }

        var ring = new SendRing(descriptor, parameters);
        if (ring.IsMapped && (parameters[5] & FeatureSingleMap) != 0)
        {
            ring.Prepare();
            return ring;
        }

        error = LibC.Enomem;
        ring.Dispose();
        return null;
    }

    /// <summary>Adds a send; the bytes must stay where they are until it has been tried.</summary>
    public void Add(int descriptor, byte* bytes, int length)
    {
        var entry = EntryAt(*Tail + (uint)_pending);
        new Span<byte>(entry, EntryBytes).Clear();
        entry[0] = OperationSend;
        Unsafe.Write(entry + 4, descriptor);
        Unsafe.Write(entry + 16, (ulong)bytes);
        Unsafe.Write(entry + 24, length);
        Unsafe.Write(entry + 28, LibC.MessageNoSignal | LibC.MessageDontWait);
        Unsafe.Write(entry + 32, (ulong)_pending);
        _pending++;
    }

    /// <summary>Tries all sends that were added.</summary>
    /// <param name="results">
    /// For each, in the order they were added: how many bytes the socket took, or an error as a negative number.
    /// </param>
    public void Submit(Span<int> results)
    {
        if (_pending == 1)
        {
            // The plain call costs less than the ring for one.
            _pending = 0;
            results[0] = Send(EntryAt(*Tail));
            return;
        }

        results[.._pending].Fill(-LibC.Eagain);
        Volatile.Write(ref *Tail, *Tail + (uint)_pending);
        for (var left = _pending; left > 0;)
        {
            var taken = LibC.EnterRing(_ring, left);
            if (taken > 0)
            {
                left -= taken;
            }
            else if (taken == 0 || LibC.LastError != LibC.Eintr)
            {
                // The kernel is short of something. What it did not take is taken back, and reported as not sent.
                Volatile.Write(ref *Tail, *Tail - (uint)left);
                break;
            }
        }

        _pending = 0;
        Reap(results);
    }

    public void Dispose()
    {
        if (_queues is not null)
        {
            _ = LibC.Unmap(_queues, _queuesBytes);
        }

        if (_entries is not null)
        {
            _ = LibC.Unmap(_entries, _capacity * EntryBytes);
        }

        _ = LibC.Close(_ring);
    }

    private uint* Tail => (uint*)(_queues + _offsets.Tail);

    private byte* EntryAt(uint position) => _entries + ((position & (uint)(_capacity - 1)) * EntryBytes);

    private static int Send(byte* entry)
    {
        var sent = LibC.Send(
            Unsafe.Read<int>(entry + 4),
            (byte*)Unsafe.Read<ulong>(entry + 16),
            Unsafe.Read<int>(entry + 24),
            LibC.MessageNoSignal | LibC.MessageDontWait);
        return sent >= 0 ? (int)sent : -LibC.LastError;
    }

    /// <summary>Entries are used in their order, always.</summary>
    private void Prepare()
    {
        var order = (uint*)(_queues + _offsets.Order);
        for (var entry = 0u; entry < _capacity; entry++)
        {
            order[entry] = entry;
        }
    }

    private void Reap(Span<int> results)
    {
        var head = (uint*)(_queues + _offsets.ResultHead);
        var mask = *(uint*)(_queues + _offsets.ResultMask);
        var next = *head;
        for (var end = Volatile.Read(ref *(uint*)(_queues + _offsets.ResultTail)); next != end; next++)
        {
            var result = _queues + _offsets.Results + ((next & mask) * ResultBytes);
            results[(int)Unsafe.Read<ulong>(result)] = Unsafe.Read<int>(result + 8);
        }

        Volatile.Write(ref *head, next);
    }

    /// <summary>Where in the shared memory things are, as <c>struct io_uring_params</c> tells.</summary>
    private readonly struct Offsets(uint* parameters)
    {
        public readonly uint Tail = parameters[11];
        public readonly uint Order = parameters[16];
        public readonly uint ResultHead = parameters[20];
        public readonly uint ResultTail = parameters[21];
        public readonly uint ResultMask = parameters[22];
        public readonly uint Results = parameters[25];

        public readonly nint QueuesBytes = (nint)Math.Max(
            parameters[16] + (parameters[0] * sizeof(uint)), parameters[25] + (parameters[1] * ResultBytes));
    }
}
