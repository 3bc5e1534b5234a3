using Transports;

namespace Samples.Tests.Chat;

public sealed class InMemoryChatTests : ChatHandlerTests
{
    private protected override Task<ChatRoom> OpenRoomAsync() =>
        ChatRoom.OpenAsync(new InMemoryTransport(), new InMemoryEndPoint("chat"));
}
