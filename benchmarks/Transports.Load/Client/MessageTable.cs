using System.Runtime.InteropServices;
using System.Text;

namespace Transports.Load;

/// <summary>
/// All messages that a scenario sends and their replies, one after the other: a run of messages is one stretch of
/// memory, so that sending and comparing copy nothing. The first four letters number a message; the table is cyclic,
/// and its beginning is repeated at its end.
/// </summary>
internal sealed unsafe class MessageTable : IDisposable
{
    private const int TableBytes = 256 * 1024;
    private const string Text = "the quick brown fox, No. 42, jumps over the lazy dog; ";
    private readonly byte* _requests;
    private readonly byte* _replies;

    /// <param name="size">The bytes of a message; on a stream its line end is one of them.</param>
    /// <param name="run">How many messages are sent at once, at most.</param>
    /// <param name="isLine">Whether each ends with a line end.</param>
    public MessageTable(int size, int run, bool isLine)
    {
        Size = size;
        Count = 4;
        while (Count < 4 * run || (Count < 1024 && Count * size < TableBytes))
        {
            Count *= 2;
        }

        var count = Count + run;
        _requests = (byte*)NativeMemory.Alloc((nuint)count, (nuint)size);
        _replies = (byte*)NativeMemory.Alloc((nuint)count, (nuint)size);
        for (var index = 0; index < count; index++)
        {
            var request = new Span<byte>(_requests + ((long)index * size), size);
            Write(request, index % Count, isLine);
            Ascii.ToUpper(request, new Span<byte>(_replies + ((long)index * size), size), out _);
        }
    }

    public int Size { get; }

    /// <summary>How many different messages there are: a power of two, at least four times a run.</summary>
    public int Count { get; }

    public byte* Request(int index) => _requests + ((long)index * Size);

    public byte* Reply(int index) => _replies + ((long)index * Size);

    /// <summary>The number of the message that a reply answers, or -1 if it is no reply.</summary>
    public int IndexOf(byte* reply)
    {
        var index = 0;
        for (var i = 0; i < 4; i++)
        {
            var digit = reply[i] - 'A';
            if (digit is < 0 or >= 26)
            {
                return -1;
            }

            index = (index * 26) + digit;
        }

        return index < Count ? index : -1;
    }

    public void Dispose()
    {
        NativeMemory.Free(_requests);
        NativeMemory.Free(_replies);
    }

    private static void Write(Span<byte> message, int index, bool isLine)
    {
        for (var i = 0; i < message.Length; i++)
        {
            message[i] = (byte)Text[(index + i) % Text.Length];
        }

        for (var i = 3; i >= 0; i--, index /= 26)
        {
            message[i] = (byte)('a' + (index % 26));
        }

        if (isLine)
        {
            message[^1] = (byte)'\n';
        }
    }
}
