using System.Net;
using Chat;
using Transports;

namespace Samples.Tests.Chat;

/// <summary>A room that runs, and the people in it.</summary>
internal sealed class ChatRoom(ITransport transport, IListener listener) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<IConnection> _connections = [];

    public static async Task<ChatRoom> OpenAsync(ITransport transport, EndPoint endPoint) =>
        new(transport, await transport.ListenAsync(endPoint, new ChatHandler()));

    /// <summary>Comes in, and swallows the greeting.</summary>
    public async Task<IConnection> EnterAsync()
    {
        var connection = await transport.ConnectAsync(listener.LocalEndPoint);
        _connections.Add(connection);
        Assert.StartsWith("* you are guest", await HearAsync(connection), StringComparison.Ordinal);
        return connection;
    }

    /// <summary>Comes in under a name; <paramref name="others"/> are those who hear of it.</summary>
    public async Task<IConnection> EnterAsync(string name, params IConnection[] others)
    {
        var connection = await EnterAsync();
        await connection.SendAsync($"/nick {name}");
        Assert.Equal($"* you are {name}", await HearAsync(connection));
        foreach (var other in others)
        {
            Assert.EndsWith("has joined", await HearAsync(other), StringComparison.Ordinal);
            Assert.EndsWith($"is now {name}", await HearAsync(other), StringComparison.Ordinal);
        }

        return connection;
    }

    public static async Task<string> HearAsync(IConnection connection) =>
        await connection.ReceiveTextAsync().AsTask().WaitAsync(Patience);

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            connection.Abort();
            await connection.DisposeAsync();
        }

        await listener.DisposeAsync();
    }
}
