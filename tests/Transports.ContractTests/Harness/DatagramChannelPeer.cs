using System.Net;

namespace Transports.ContractTests;

/// <summary>
/// A raw peer over the channel that a transport itself stands on: for transports that have no socket.
/// </summary>
public sealed class DatagramChannelPeer(DatagramChannel channel, EndPoint remoteEndPoint) : RawPeer
{
    private readonly Datagram _received = new(new byte[64 * 1024], remoteEndPoint.Serialize());

    public override async Task SendAsync(params byte[][] messages)
    {
        foreach (var message in messages)
        {
            var datagram = new Datagram(message, remoteEndPoint.Serialize()) { Length = message.Length };
            await channel.SendAsync(new[] { datagram }, CancellationToken.None);
        }
    }

    public override async Task<byte[]?> ReceiveAsync()
    {
        await channel.ReceiveAsync(new[] { _received }, CancellationToken.None).Soon();
        return _received.Payload.ToArray();
    }

    public override ValueTask DisposeAsync() => channel.DisposeAsync();
}
