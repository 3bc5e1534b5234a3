using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Transports;

internal sealed partial class ReactorByteStream
{
    public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        var sent = Send(bytes.Span);
        return sent == bytes.Length ? default : SendRestAsync(bytes[sent..]);
    }

    public override ValueTask CompleteSendsAsync()
    {
        return LibC.Shutdown(_descriptor, LibC.ShutdownSend) == 0
            ? default
            : throw LinuxErrors.OnTransfer(Marshal.GetLastPInvokeError());
    }

    internal override bool TryGather(ReadOnlySpan<byte> bytes, StreamOutput output) =>
        _reactor.TryGather(_descriptor, bytes, output);

    /// <summary>How many bytes the system took; fewer than all when its buffer is full.</summary>
    private unsafe int Send(ReadOnlySpan<byte> bytes)
    {
        var sent = 0;
        while (sent < bytes.Length)
        {
            ThrowIfAborted();
            nint count;
            fixed (byte* start = bytes[sent..])
            {
                count = LibC.Send(_descriptor, start, bytes.Length - sent, LibC.MessageNoSignal);
            }

            if (count >= 0)
            {
                sent += (int)count;
                continue;
            }

            switch (LibC.LastError)
            {
                case LibC.Eintr:
                    continue;
                case LibC.Eagain:
                    return sent;
                case var error:
                    ThrowIfAborted();
                    throw LinuxErrors.OnTransfer(error);
            }
        }

        return sent;
    }

    /// <summary>
    /// Output is watched only while it is short: a descriptor registered for both wakes the reactor at every send.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendRestAsync(ReadOnlyMemory<byte> bytes)
    {
        _writable ??= new Readiness();
        try
        {
            while (true)
            {
                _writable.Clear();
                ThrowIfAborted();
                Volatile.Write(ref _watched, Watched | LibC.EpollOut);
                Watch();
                await _writable.WaitAsync().ConfigureAwait(false);
                bytes = bytes[Send(bytes.Span)..];
                if (bytes.IsEmpty)
                {
                    return;
                }
            }
        }
        finally
        {
            Volatile.Write(ref _watched, Watched);
            Watch();
        }
    }
}
