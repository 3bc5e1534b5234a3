using System.Net;
using System.Text;
using Moq;
using Transports.Requests;

namespace Transports.Tests.Requests;

/// <summary>A client needs no more of a transport than the contract: a mock will do.</summary>
public class MockedTransportTests
{
    private static readonly EndPoint Remote = new IPEndPoint(IPAddress.Loopback, 7);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RequestAsync_OverAMock_GetsItsReply(bool isReliable)
    {
        var connection = new Mock<IConnection>();
        connection.Setup(mock => mock.ReceiveAsync(It.IsAny<CancellationToken>()))
            .ReturnsAsync("reply"u8.ToArray());
        var transport = new Mock<ITransport>();
        transport.Setup(mock => mock.Capabilities)
            .Returns(new TransportCapabilities("mock", true, isReliable, isReliable, isReliable, 100));
        transport.Setup(mock => mock.ConnectAsync(Remote, It.IsAny<CancellationToken>()))
            .ReturnsAsync(connection.Object);
        await using var client = new RequestClient(transport.Object, Remote, Waiting.PatientOptions);

        Assert.Equal("reply", await client.RequestAsync("request").AsTask().Soon());

        connection.Verify(mock => mock.SendAsync(
            It.Is<ReadOnlyMemory<byte>>(sent => Encoding.UTF8.GetString(sent.ToArray()) == "request"),
            It.IsAny<CancellationToken>()));
    }

    [Fact]
    public async Task RequestAsync_MockedConnectionThatClosed_Fails()
    {
        var connection = new Mock<IConnection>();
        connection.Setup(mock => mock.ReceiveAsync(It.IsAny<CancellationToken>()))
            .ThrowsAsync(new ConnectionClosedException(CloseReason.RemoteClosed));
        var transport = new Mock<ITransport>();
        transport.Setup(mock => mock.Capabilities)
            .Returns(new TransportCapabilities("mock", true, true, true, true, 100));
        transport.Setup(mock => mock.ConnectAsync(Remote, It.IsAny<CancellationToken>()))
            .ReturnsAsync(connection.Object);
        await using var client = new RequestClient(transport.Object, Remote, Waiting.PatientOptions);

        var error = await client.RequestAsync("request").AsTask().Throws<ConnectionClosedException>();

        Assert.Equal(CloseReason.RemoteClosed, error.Reason);
    }
}
