using System.Net;
using System.Text;

namespace Transports.Testing;

/// <summary>Feeds one message to a handler and records its replies; no transport, no network, no time.</summary>
/// <example>
/// <code>
/// var context = new TestMessageContext("hello");
/// await context.RunAsync(new UppercaseHandler());
/// Assert.Equal("HELLO", Assert.Single(context.ReplyTexts));
/// </code>
/// </example>
/// <remarks>
/// It is as strict as a transport's own: when the handler has ended, its members throw
/// <see cref="ObjectDisposedException"/> (only the record can still be read) and the memory of
/// <see cref="Payload"/> is filled with garbage, as if it had been used again.
/// </remarks>
public sealed class TestMessageContext : MessageContext
{
    private readonly byte[] _payload;
    private readonly TestConnection _connection;
    private readonly TestMessageWriter _reply;
    private bool _ended;

    /// <summary>Makes a context for a copy of these bytes.</summary>
    /// <param name="payload">The message.</param>
    /// <param name="connection">Where it comes from; null makes a connection of its own.</param>
    public TestMessageContext(ReadOnlyMemory<byte> payload, TestConnection? connection = null)
    {
        _payload = payload.ToArray();
        _connection = connection ?? new TestConnection();
        _connection.GiveToHandler();
        _reply = new TestMessageWriter(_connection);
    }

    /// <summary>Makes a context for a text, in UTF-8.</summary>
    /// <inheritdoc cref="TestMessageContext(ReadOnlyMemory{byte}, TestConnection)"/>
    public TestMessageContext(string payload, TestConnection? connection = null)
        : this(Encoding.UTF8.GetBytes(payload), connection)
    {
    }

    /// <summary>The replies that were sent so far, in order. Can be read when the handler has ended.</summary>
    public IReadOnlyList<byte[]> Replies => _reply.Sent;

    /// <summary>The replies as texts; invalid UTF-8 becomes U+FFFD.</summary>
    public IReadOnlyList<string> ReplyTexts => Texts.Decode(Replies);

    /// <summary>
    /// How many bytes were written to <see cref="Reply"/> and not sent. More than 0 when the handler has ended means
    /// that they were discarded: as a rule, a forgotten <see cref="MessageWriter.SendAsync"/>.
    /// </summary>
    public int UnsentBytes => _reply.UnsentBytes;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Payload => Alive(_payload);

    /// <inheritdoc/>
    public override EndPoint RemoteEndPoint => Alive(_connection).RemoteEndPoint;

    /// <inheritdoc/>
    public override EndPoint LocalEndPoint => Alive(_connection).LocalEndPoint;

    /// <inheritdoc/>
    public override IConnection Connection => Alive(_connection);

    /// <inheritdoc/>
    public override MessageWriter Reply => Alive(_reply);

    /// <summary>Lets <paramref name="handler"/> handle the message, then ends this context.</summary>
    /// <param name="handler">Its exceptions come out here.</param>
    /// <param name="cancellationToken">
    /// Cancels the handler's token, as the end of the connection (<see cref="TestConnection.Close"/>) does.
    /// </param>
    public async Task RunAsync(IMessageHandler handler, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ObjectDisposedException.ThrowIf(_ended, this);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _connection.Ended);
        try
        {
            await handler.HandleAsync(this, linked.Token).ConfigureAwait(false);
        }
        finally
        {
            End();
        }
    }

    /// <summary>Ends this context; for a test that calls the handler itself. May be called again.</summary>
    public void End()
    {
        _ended = true;
        _reply.End();
        Garbage.Fill(_payload);
    }

    private T Alive<T>(T value)
    {
        MessageLifetime.ThrowIfEnded(_ended);
        return value;
    }
}
