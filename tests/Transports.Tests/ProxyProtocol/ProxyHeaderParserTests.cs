using System.Net;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Transports.Tests.ProxyProtocol;

public class ProxyHeaderParserTests
{
    [Fact]
    public void Parse_AnyHeaderInAnyVersion_ReadsBackWhatWasWritten()
    {
        var number = Gen.Choose(0, byte.MaxValue).Select(value => (byte)value);
        var port = Gen.Choose(0, ushort.MaxValue);
        var address = Gen.OneOf(number.ArrayOf(4), number.ArrayOf(16)).Select(bytes => new IPAddress(bytes));
        var pairs = address.SelectMany(one => number.ArrayOf(one.GetAddressBytes().Length)
            .Select(bytes => (One: one, Other: new IPAddress(bytes))));
        var ends = pairs.Zip(port.Zip(port)).Select(all => (
            Source: new IPEndPoint(all.Item1.One, all.Item2.Item1),
            Destination: new IPEndPoint(all.Item1.Other, all.Item2.Item2)));

        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(ends.ToArbitrary(), pair =>
            ReadsBack(ProxyHeaders.V1(pair.Source, pair.Destination), pair.Source, pair.Destination)
            && ReadsBack(ProxyHeaders.V2(pair.Source, pair.Destination), pair.Source, pair.Destination)
            && ReadsBack(ProxyHeaders.V2(pair.Source, pair.Destination, new byte[9]), pair.Source, pair.Destination)));
    }

    [Fact]
    public void Parse_NearHeaders_GivesOneVerdictAndKeepsIt() => ProxyHeaderFuzz.Run(seed: 20_260_101, inputs: 20_000);

    [Theory]
    [InlineData("PROXY UNKNOWN\r\n")]
    [InlineData("PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n")]
    public void Parse_V1Unknown_IsAHeaderOfNobody(string text)
    {
        Assert.Equal(ProxyHeaderStatus.Complete, Parse(text, out var header));
        Assert.Equal(new ProxyHeader(text.Length), header);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("proxy TCP4 1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 65536\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 01 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 +1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3\r\n")]
    [InlineData("PROXY TCP4  1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4 010.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4 0x7f.0.0.1 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4 ::1 ::2 1 2\r\n")]
    [InlineData("PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP6 fe80::1%eth0 ::2 1 2\r\n")]
    [InlineData("PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY \r\n")]
    public void Parse_V1ThatIsNone_IsMalformed(string text) =>
        Assert.Equal(ProxyHeaderStatus.Malformed, Parse(text, out _));

    [Fact]
    public void Parse_V1WithoutEnd_IsGivenUpAtItsLongest()
    {
        var text = "PROXY UNKNOWN " + new string('x', 200);
        Assert.Equal(ProxyHeaderStatus.NeedMoreData, Parse(text[..106], out _));
        Assert.Equal(ProxyHeaderStatus.Malformed, Parse(text[..107], out _));
    }

    [Theory]
    [InlineData(0x20, 0x00, 0, true)] // LOCAL, a health check
    [InlineData(0x20, 0x99, 7, true)] // LOCAL: the family is to be ignored
    [InlineData(0x21, 0x00, 0, true)] // PROXY of an unknown client
    [InlineData(0x21, 0x31, 216, true)] // Unix sockets
    [InlineData(0x21, 0x11, 11, false)] // too short for its addresses
    [InlineData(0x21, 0x21, 35, false)]
    [InlineData(0x21, 0x31, 215, false)]
    [InlineData(0x21, 0x41, 100, false)] // no such family
    [InlineData(0x21, 0x13, 100, false)] // no such protocol
    [InlineData(0x22, 0x11, 12, false)] // no such command
    [InlineData(0x11, 0x11, 12, false)] // no such version
    [InlineData(0x21, 0x00, 4081, false)] // longer than anybody's
    public void Parse_V2WithoutClient_IsAHeaderOfNobodyOrMalformed(
        byte command, byte family, int length, bool isHeader)
    {
        var bytes = ProxyHeaders.V2(command, family, new byte[length]);

        var status = ProxyHeaderParser.Parse(bytes, out var header);

        Assert.Equal(isHeader ? ProxyHeaderStatus.Complete : ProxyHeaderStatus.Malformed, status);
        Assert.Equal(isHeader ? new ProxyHeader(bytes.Length) : default, header);
    }

    private static ProxyHeaderStatus Parse(string text, out ProxyHeader header) =>
        ProxyHeaderParser.Parse(Encoding.ASCII.GetBytes(text), out header);

    private static bool ReadsBack(byte[] bytes, IPEndPoint source, IPEndPoint destination) =>
        ProxyHeaderParser.Parse(bytes.AsSpan(0, bytes.Length - 1), out _) == ProxyHeaderStatus.NeedMoreData
        && ProxyHeaderParser.Parse([.. bytes, 1, 2, 3], out var header) == ProxyHeaderStatus.Complete
        && header == new ProxyHeader(bytes.Length, Plain(source), Plain(destination));

    private static IPEndPoint Plain(IPEndPoint endPoint) => endPoint.Address.IsIPv4MappedToIPv6
        ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port)
        : endPoint;
}
