using System.Text;

namespace Transports;

/// <summary>Sends and receives texts: UTF-8, one text a message.</summary>
public static class TextExtensions
{
    /// <summary>Replies with one text.</summary>
    /// <inheritdoc cref="MessageContext.ReplyAsync"/>
    public static ValueTask ReplyAsync(
        this MessageContext context, string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(text);
        var reply = context.Reply;
        Encoding.UTF8.GetBytes(text, reply);
        return reply.SendAsync(cancellationToken);
    }

    /// <summary>Sends one text.</summary>
    /// <inheritdoc cref="IConnection.SendAsync"/>
    public static ValueTask SendAsync(
        this IConnection connection, string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(text);
        return connection.SendAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
    }

    /// <summary>Receives the next message as a text; invalid UTF-8 becomes U+FFFD.</summary>
    /// <inheritdoc cref="IConnection.ReceiveAsync"/>
    public static async ValueTask<string> ReceiveTextAsync(
        this IConnection connection, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var message = await connection.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(message.Span);
    }
}
