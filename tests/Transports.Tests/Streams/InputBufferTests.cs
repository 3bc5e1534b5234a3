using System.Text;
using Transports.Testing;

namespace Transports.Tests.Streams;

public class InputBufferTests
{
    private readonly CountingBufferPool _pool = new();
    private InputBuffer _buffer = new();

    [Fact]
    public void GetRoom_AgainForAsMuch_UsesTheSameBuffer()
    {
        Receive("one", atOnce: 1024);
        _buffer.Consume(3);
        Receive("two", atOnce: 1024);

        Assert.Equal(1, _pool.Rented);
        Assert.Equal("two", Text(_buffer.Unread));
    }

    [Fact]
    public void GetRoom_ForMuchLess_GivesTheLargeBufferBack()
    {
        Receive("one", atOnce: 64 * 1024);
        _buffer.Consume(3);

        var room = _buffer.GetRoom(_pool, expected: 0, atOnce: 512);

        Assert.InRange(room.Length, 512, 1024);
        Assert.Equal(1, _pool.Outstanding);
    }

    [Fact]
    public void GetRoom_WithAMessageInTheLargeBuffer_KeepsIt()
    {
        Receive("begun", atOnce: 64 * 1024);

        _buffer.GetRoom(_pool, expected: 0, atOnce: 512);

        Assert.Equal("begun", Text(_buffer.Unread));
    }

    [Fact]
    public void ReleaseIfEmpty_GivesBackWhatIsHandledAndNothingElse()
    {
        Receive("one", atOnce: 1024);
        _buffer.ReleaseIfEmpty(_pool);
        Assert.Equal("one", Text(_buffer.Unread));

        _buffer.Consume(3);
        _buffer.ReleaseIfEmpty(_pool);
        Assert.Equal(0, _pool.Outstanding);
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes);

    private void Receive(string text, int atOnce)
    {
        var room = _buffer.GetRoom(_pool, expected: 0, atOnce);
        _buffer.Received(Encoding.ASCII.GetBytes(text, room.Span));
    }
}
