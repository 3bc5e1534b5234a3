namespace Transports;

/// <summary>Writes replies in place, each in a buffer that is rented for it and goes with it.</summary>
internal sealed class DatagramWriter(DatagramContext context, DatagramSender sender, int maxMessageBytes)
    : MessageWriter
{
    /// <summary>A reply begins with at least this much room: one of ordinary length fits an Ethernet frame.</summary>
    public const int SmallestBuffer = 2048;

    // A reply a little over the limit gets the exact length in its exception; a handler that never stops is stopped.
    private const int RunawayBytes = 1024 * 1024;

    private Datagram? _message;
    private int _written;

    public override ValueTask SendAsync(CancellationToken cancellationToken = default)
    {
        context.ThrowIfEnded();
        if (_written > maxMessageBytes)
        {
            throw TooLong();
        }

        var message = Room(0);
        message.Length = _written;
        (_message, _written) = (null, 0);
        return context.SendReplyAsync(message);
    }

    public override void Advance(int count)
    {
        context.ThrowIfEnded();
        var room = _message is null ? 0 : _message.Buffer.Length - _written;
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)room, nameof(count));
        _written += count;
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        context.ThrowIfEnded();
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        return _written > maxMessageBytes + RunawayBytes
            ? throw TooLong()
            : Room(Math.Max(sizeHint, 1)).Buffer[_written..];
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Forgets what was written and not sent.</summary>
    public void Discard()
    {
        if (_message is { } message)
        {
            (_message, _written) = (null, 0);
            sender.Return(message);
        }
    }

    private Datagram Room(int wanted)
    {
        // A reply is most often about as long as the request.
        if (_message is null)
        {
            var least = Math.Max(Math.Max(wanted, context.Datagram.Length), SmallestBuffer);
            _message = context.Replies?.Reserve(least) ?? sender.Rent(least);
        }

        if (_message.Buffer.Length - _written < wanted)
        {
            Grow(Math.Max(_written + wanted, 2 * _message.Buffer.Length));
        }

        return _message;
    }

    private void Grow(int capacity)
    {
        var message = _message!;
        if (message.Pinned == 0)
        {
            sender.Grow(message, capacity, _written);
            return;
        }

        // More than what is left of the arena: it goes on in a buffer of its own.
        _message = sender.Rent(capacity);
        message.Buffer.Span[.._written].CopyTo(_message.Buffer.Span);
    }

    private MessageTooLongException TooLong()
    {
        var exception = new MessageTooLongException(_written, maxMessageBytes);
        Discard();
        return exception;
    }
}
