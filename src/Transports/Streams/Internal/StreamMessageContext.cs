using System.Net;

namespace Transports;

/// <summary>The context of one connection: its messages are handled one at a time, so one is enough.</summary>
internal sealed class StreamMessageContext(StreamConnection connection) : MessageContext
{
    private ReadOnlyMemory<byte> _payload;

    public override ReadOnlyMemory<byte> Payload
    {
        get
        {
            ThrowIfUnusable();
            return _payload;
        }
    }

    public override EndPoint RemoteEndPoint => Connection.RemoteEndPoint;

    public override EndPoint LocalEndPoint => Connection.LocalEndPoint;

    public override IConnection Connection
    {
        get
        {
            ThrowIfUnusable();
            return connection;
        }
    }

    public override MessageWriter Reply
    {
        get
        {
            ThrowIfUnusable();
            return connection.Reply;
        }
    }

    public void Begin(ReadOnlyMemory<byte> payload)
    {
        _payload = payload;
        connection.Reply.BeginMessage();
    }

    public void End()
    {
        _payload = default;
        connection.Reply.EndMessage();
    }

    private void ThrowIfUnusable() => MessageLifetime.ThrowIfEnded(!connection.Reply.IsUsable);
}
