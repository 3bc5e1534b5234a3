using FsCheck;
using FsCheck.Fluent;
using Transports.Framing;

namespace Transports.Tests.Framing;

public class FramingRoundTripTests
{
    public static TheoryData<string> Names => [.. Framings.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Encode_AnyAcceptedMessages_AreReadBack(string name)
    {
        var framing = Framings.All[name];
        var message = Payloads(framing).Where(payload => framing.Accepts(payload));
        var streams = message.ArrayOf().Zip(Gen.Choose(1, 20)).ToArbitrary();

        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(streams, stream => ReadsBack(framing, stream)));
    }

    private static bool ReadsBack(MessageFraming framing, (byte[][] Messages, int Piece) sent)
    {
        var stream = sent.Messages.SelectMany(message => framing.Encode(message)).ToArray();
        var read = FrameReader.ReadAll(framing, stream, Framings.DefaultLimit, () => sent.Piece);
        if (read.Status is not FrameStatus.NeedMoreData)
        {
            return false;
        }

        return framing.PreservesBoundaries
            ? read.Messages.Select(Convert.ToHexString).SequenceEqual(sent.Messages.Select(Convert.ToHexString))
            : read.Messages.SelectMany(message => message).SequenceEqual(stream);
    }

    private static Gen<byte[]> Payloads(MessageFraming framing)
    {
        var octet = Gen.OneOf(
            Gen.Elements<byte>([.. "ab-\r\n\0"u8]), Gen.Choose(0, byte.MaxValue).Select(value => (byte)value));
        return framing.MaxPayloadBytes < byte.MaxValue ? octet.ArrayOf(framing.MaxPayloadBytes) : octet.ArrayOf();
    }
}
