using System.Net;

namespace Transports.Tests.Datagrams;

/// <summary>A datagram on its way: to the listener, or from it.</summary>
internal sealed record FakeDatagram(IPEndPoint Peer, byte[] Payload, bool IsTruncated = false)
{
    public static readonly IPEndPoint Alice = new(IPAddress.Parse("192.0.2.1"), 1001);
    public static readonly IPEndPoint Bob = new(IPAddress.Parse("192.0.2.2"), 1002);
    public static readonly IPEndPoint Carol = new(IPAddress.Parse("192.0.2.3"), 1003);

    public FakeDatagram(IPEndPoint peer, string text)
        : this(peer, System.Text.Encoding.UTF8.GetBytes(text))
    {
    }

    public string Text => System.Text.Encoding.UTF8.GetString(Payload);

    public override string ToString() => $"{Peer} {Text}";
}
