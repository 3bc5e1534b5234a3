using System.Net;

namespace Transports;

/// <summary>The context of one connection: its messages are handled one at a time, so one is enough.</summary>
internal sealed class StreamMessageContext(StreamConnection connection) : MessageContext
{
    private int _start;
    private int _length;

    public override ReadOnlyMemory<byte> Payload
    {
        get
        {
            ThrowIfUnusable();
            return connection.Received(_start, _length);
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

    public void Begin(int start, int length)
    {
        (_start, _length) = (start, length);
        connection.Reply.BeginMessage();
    }

    public void End() => connection.Reply.EndMessage();

    private void ThrowIfUnusable() => MessageLifetime.ThrowIfEnded(!connection.Reply.IsUsable);
}
