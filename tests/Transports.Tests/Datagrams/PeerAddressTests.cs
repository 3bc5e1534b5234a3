using System.Net;
using System.Net.Sockets;

namespace Transports.Tests.Datagrams;

public sealed class PeerAddressTests
{
    [Theory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    [InlineData(AddressFamily.Unspecified)]
    [InlineData(AddressFamily.Unix)]
    public void IsSame_OneInALargerBuffer_ComparesTheAddressAlone(AddressFamily family)
    {
        var exact = Address(family, 28);
        var roomy = Address(family, 128);
        Assert.True(PeerAddress.IsSame(exact, roomy));
        Assert.True(PeerAddress.IsSame(roomy, exact));
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    [InlineData(AddressFamily.Unspecified)]
    [InlineData(AddressFamily.Unix)]
    public void IsSame_AnotherPort_IsFalse(AddressFamily family)
    {
        var other = Address(family, 28);
        other[3]++;
        Assert.False(PeerAddress.IsSame(Address(family, 28), other));
    }

    private static SocketAddress Address(AddressFamily family, int capacity)
    {
        var address = new SocketAddress(family, capacity);
        for (var index = 2; index < 28; index++)
        {
            address[index] = (byte)index;
        }

        address.Size = 28;
        return address;
    }
}
