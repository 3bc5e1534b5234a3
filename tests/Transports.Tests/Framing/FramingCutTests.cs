using Transports.Framing;

namespace Transports.Tests.Framing;

/// <summary>However a stream is cut into reads, the same messages come out, for the same work.</summary>
public class FramingCutTests
{
    /// <summary>All framings under which the cut makes no difference.</summary>
    public static TheoryData<string> Names =>
        [.. Framings.All.Where(framing => framing.Value.PreservesBoundaries).Select(framing => framing.Key)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_CutAtEveryByte_GivesTheSameMessages(string name)
    {
        var framing = Framings.All[name];
        var messages = Messages(framing, count: 5);
        var stream = messages.SelectMany(message => framing.Encode(message)).ToArray();

        for (var cut = 0; cut <= stream.Length; cut++)
        {
            var reader = new FrameReader(framing, Framings.DefaultLimit);
            reader.Feed(stream.AsSpan(0, cut));
            reader.Feed(stream.AsSpan(cut));
            reader.End();

            Assert.Equal(messages, reader.Messages);
            Assert.Equal(FrameStatus.NeedMoreData, reader.Status);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_ByteByByte_LooksAtEachByteAFewTimes(string name)
    {
        var framing = Framings.All[name];
        var messages = Messages(framing, count: 3, length: 20_000);
        var stream = messages.SelectMany(message => framing.Encode(message)).ToArray();

        var read = FrameReader.ReadAll(framing, stream, Framings.DefaultLimit, () => 1);

        // A delimiter may begin at any of its length's last bytes; a prefix is read again while it is not complete.
        var perByte = Math.Max(framing.MaxTrailerBytes, 1);
        var perMessage = (framing.MaxHeaderBytes * framing.MaxHeaderBytes) + stream.Length / messages.Length + 1;
        Assert.Equal(messages, read.Messages);
        Assert.InRange(read.BytesLookedAt, 1, ((long)perByte * stream.Length) + ((long)perMessage * messages.Length));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_EmptyBuffer_NeedsMoreDataAlsoAtTheEnd(string name)
    {
        foreach (var endOfStream in (bool[])[false, true])
        {
            var examined = 0;

            var status = Framings.All[name].Read([], endOfStream, 10, ref examined, out var frame);

            Assert.Equal(FrameStatus.NeedMoreData, status);
            Assert.Equal(0, examined);
            Assert.Equal(default, frame);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_LimitAndOneByteMore_IsAMessageAndTooLong(string name)
    {
        var framing = Framings.All[name];
        var message = Messages(framing, count: 1, length: 200)[0];
        var encoded = framing.Encode(message);

        var fits = FrameReader.ReadAll(framing, encoded, message.Length, () => 1);
        var tooLong = FrameReader.ReadAll(framing, encoded, message.Length - 1, () => 1);

        Assert.Equal(message, Assert.Single(fits.Messages));
        Assert.Equal(FrameStatus.MessageTooLong, tooLong.Status);
        Assert.Empty(tooLong.Messages);
    }

    private static byte[][] Messages(MessageFraming framing, int count, int length = 12)
    {
        var random = new SeededBytes(count + length);
        var messages = new List<byte[]>();
        while (messages.Count < count)
        {
            var message = framing.Accepts([]) && messages.Count == 1 ? [] : NextOf(random, framing, length);
            if (framing.Accepts(message))
            {
                messages.Add(message);
            }
        }

        return [.. messages];
    }

    private static byte[] NextOf(SeededBytes random, MessageFraming framing, int length)
    {
        var message = new byte[Math.Min(length, framing.MaxPayloadBytes)];
        for (var i = 0; i < message.Length; i++)
        {
            message[i] = (byte)('a' + random.NextInt(26));
        }

        return message;
    }
}
