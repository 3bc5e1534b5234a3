using System.Net;

namespace Transports.Tests.Streams;

public class AddressPrefixTests
{
    [Theory]
    [InlineData("10.1.2.3", "10.1.2.250", true)]
    [InlineData("10.1.2.3", "10.1.3.3", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("0.0.0.1", "::1", false)]
    [InlineData("255.255.255.255", "::ffff:ffff:ffff:ffff", false)]
    public void Of_TwoAddresses_AreOneNetworkOrTwo(string one, string other, bool isSame) => Assert.Equal(
        isSame, Of(one, 24, 64) == Of(other, 24, 64));

    [Fact]
    public void Of_AllBits_IsTheAddress()
    {
        Assert.NotEqual(Of("10.0.0.1", 32, 128), Of("10.0.0.2", 32, 128));
        Assert.NotEqual(Of("::1", 32, 128), Of("::2", 32, 128));
        Assert.Equal(Of("10.0.0.1", 1, 1), Of("127.0.0.1", 1, 1));
        Assert.Equal(Of("2001::1", 1, 1), Of("7fff::2", 1, 1));
    }

    private static UInt128 Of(string address, int bitsIPv4, int bitsIPv6) =>
        AddressPrefix.Of(IPAddress.Parse(address), bitsIPv4, bitsIPv6);
}
