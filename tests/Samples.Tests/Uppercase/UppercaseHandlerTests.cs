using System.Text;
using Uppercase;

namespace Samples.Tests.Uppercase;

public sealed class UppercaseHandlerTests
{
    private const int Capacity = 256 * 1024;
    private static readonly string[] Alphabet =
        ["a", "Z", " ", "7", "\n", "é", "ß", "ı", "ſ", "ɐ", "ⱥ", "я", "中", "ﬀ", "𐐨", "😀"];

    private static readonly byte[][] Requests =
    [
        "plain text of some length, all ASCII"u8.ToArray(), "ɐⱥé😀 mixed ß"u8.ToArray(), [], [0xFF, 0x61, 0xC3],
    ];

    private readonly UppercaseHandler _handler = new();
    private readonly TightContext _context = new(Capacity);

    [Fact]
    public void Handle_EveryAsciiByte_OnlyLettersChange()
    {
        var all = Enumerable.Range(0, 128).Select(value => (byte)value).ToArray();

        var reply = Handle(all);

        Assert.Equal(all.Select(value => value is >= (byte)'a' and <= (byte)'z' ? (byte)(value - 32) : value), reply);
    }

    [Fact]
    public void Handle_AsciiOfEverySize_EveryByteIsAnswered()
    {
        // Past four times the widest vector (64 bytes) there is no other path to take.
        for (var size = 0; size <= 300; size++)
        {
            var text = new string([.. Enumerable.Range(0, size).Select(index => (char)('a' + (index % 26)))]);

            Assert.Equal(text.ToUpperInvariant(), Encoding.ASCII.GetString(Handle(Encoding.ASCII.GetBytes(text))));
        }
    }

    [Fact]
    public void Handle_OneOtherCharacterAtEveryPlace_TheRestIsStillAnswered()
    {
        foreach (var character in Alphabet)
        {
            for (var index = 0; index <= 130; index++)
            {
                var text = new string('x', index) + character + new string('y', 130 - index);
                AssertAsReference(Encoding.UTF8.GetBytes(text));
            }
        }
    }

    [Theory]
    [InlineData("hello, world", "HELLO, WORLD")]
    [InlineData("grüße aus köln", "GRÜßE AUS KÖLN")]
    [InlineData("ελληνικά", "ΕΛΛΗΝΙΚΆ")]
    [InlineData("привет", "ПРИВЕТ")]
    [InlineData("𐐨𐐩", "𐐀𐐁")]
    [InlineData("中文 😀", "中文 😀")]
    [InlineData("ı", "ı")]
    public void Handle_Text_AnswersInvariantUpperCase(string text, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(Handle(Encoding.UTF8.GetBytes(text))));

    [Theory]
    [InlineData("ɐ", 2, "Ɐ", 3)]
    [InlineData("ⱥ", 3, "Ⱥ", 2)]
    public void Handle_CharacterThatChangesItsLength_ReplyIsLongerOrShorter(
        string text, int bytes, string expected, int expectedBytes)
    {
        var request = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(text, 1000)));

        var reply = Handle(request);

        Assert.Equal(1000 * bytes, request.Length);
        Assert.Equal(1000 * expectedBytes, reply.Length);
        Assert.Equal(string.Concat(Enumerable.Repeat(expected, 1000)), Encoding.UTF8.GetString(reply));
    }

    [Fact]
    public void Handle_EveryCharacterOfUnicode_AsReference()
    {
        var request = new byte[4];
        for (var value = 0; value <= 0x10FFFF; value++)
        {
            if (Rune.TryCreate(value, out var rune))
            {
                AssertAsReference(request.AsMemory(0, rune.EncodeToUtf8(request)));
            }
        }
    }

    [Theory]
    [InlineData("80")]
    [InlineData("C3")]
    [InlineData("C0AF")]
    [InlineData("EDA080")]
    [InlineData("F4908080")]
    [InlineData("FFFE")]
    [InlineData("E228A1")]
    public void Handle_InvalidBytes_PassUnchangedAndTextAroundThemIsAnswered(string hex)
    {
        var invalid = Convert.FromHexString(hex);
        byte[] request = [.. "ab"u8, .. invalid, .. "cé"u8];

        Assert.Equal((byte[])[.. "AB"u8, .. invalid, .. "CÉ"u8], Handle(request));
    }

    [Theory]
    [InlineData("é")]
    [InlineData("ⱥ")]
    [InlineData("𐐨")]
    public void Handle_CharacterCutInHalf_BothHalvesPassUnchanged(string character)
    {
        var bytes = Encoding.UTF8.GetBytes(character);
        for (var cut = 1; cut < bytes.Length; cut++)
        {
            Assert.Equal((byte[])[.. "X"u8, .. bytes[..cut]], Handle((byte[])[.. "x"u8, .. bytes[..cut]]));
            Assert.Equal((byte[])[.. bytes[cut..], .. "Y"u8], Handle((byte[])[.. bytes[cut..], .. "y"u8]));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20260101)]
    public void Handle_RandomMixture_AsReference(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 3000; round++)
        {
            AssertAsReference(RandomRequest(random));
        }
    }

    [Fact]
    public void Handle_AnyText_AllocatesNothing()
    {
        HandleAll(2000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        HandleAll(2000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static byte[] RandomRequest(Random random)
    {
        var request = new List<byte>();
        for (var parts = random.Next(40); parts > 0; parts--)
        {
            switch (random.Next(4))
            {
                case 0:
                    request.AddRange(Enumerable.Repeat((byte)random.Next('a', 'z' + 1), random.Next(70)));
                    break;
                case 1:
                    request.Add((byte)random.Next(256));
                    break;
                default:
                    var character = Encoding.UTF8.GetBytes(Alphabet[random.Next(Alphabet.Length)]);
                    request.AddRange(character[..random.Next(1, character.Length + 1)]);
                    break;
            }
        }

        return [.. request];
    }

    private void HandleAll(int times)
    {
        for (var index = 0; index < times; index++)
        {
            _context.Reset(Requests[index % Requests.Length]);
            Assert.True(_handler.HandleAsync(_context, CancellationToken.None).AsTask().IsCompletedSuccessfully);
        }
    }

    private void AssertAsReference(ReadOnlyMemory<byte> request)
    {
        var expected = SlowUppercase.Of(request.Span);
        var reply = Handle(request);
        if (!expected.AsSpan().SequenceEqual(reply))
        {
            Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(reply));
        }
    }

    private byte[] Handle(ReadOnlyMemory<byte> request)
    {
        _context.Reset(request);
        Assert.True(_handler.HandleAsync(_context, CancellationToken.None).AsTask().IsCompletedSuccessfully);
        return _context.Sent.ToArray();
    }
}
