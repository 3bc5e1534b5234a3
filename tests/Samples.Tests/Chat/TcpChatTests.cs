using System.Net;
using Transports;
using Transports.Framing;

namespace Samples.Tests.Chat;

public sealed class TcpChatTests : ChatHandlerTests
{
    private protected override Task<ChatRoom> OpenRoomAsync() =>
        ChatRoom.OpenAsync(
            new TcpTransport(new TcpTransportOptions { Framing = MessageFraming.Lines }),
            new IPEndPoint(IPAddress.Loopback, 0));
}
