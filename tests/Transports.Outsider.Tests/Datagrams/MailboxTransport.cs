using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Transports;

namespace Outsider;

/// <summary>The limits; there are none of its own.</summary>
public class MailboxTransportOptions : DatagramTransportOptions;

/// <summary>An address of another kind: a name. The base class turns it into a socket address and back.</summary>
public sealed class MailboxEndPoint(string name) : EndPoint
{
    private const int FamilyBytes = 2; // A socket address begins with its family.

    public string Name => name;

    public override AddressFamily AddressFamily => AddressFamily.Unspecified;

    public override SocketAddress Serialize()
    {
        var address = new SocketAddress(AddressFamily.Unspecified, FamilyBytes + Encoding.UTF8.GetByteCount(name));
        Encoding.UTF8.GetBytes(name, address.Buffer.Span[FamilyBytes..]);
        return address;
    }

    public override EndPoint Create(SocketAddress socketAddress) => new MailboxEndPoint(NameIn(socketAddress));

    public override bool Equals(object? obj) => obj is MailboxEndPoint other && other.Name == name;

    public override int GetHashCode() => name.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => name;

    // Look at no more than Size: the object may have been made with room for a longer address.
    internal static string NameIn(SocketAddress address) =>
        Encoding.UTF8.GetString(address.Buffer.Span[FamilyBytes..address.Size]);
}

/// <summary>Datagrams between mailboxes of one process; a mailbox that is full or not there loses them.</summary>
public sealed class MailboxTransport(
    MailboxTransportOptions options, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
    : DatagramTransport("mailbox", options, loggerFactory, timeProvider)
{
    private readonly ConcurrentDictionary<string, Mailbox> _mailboxes = new();
    private int _clients;

    protected override ValueTask<DatagramChannel> BindAsync(EndPoint localEndPoint, CancellationToken cancellationToken)
    {
        var endPoint = Check(localEndPoint);
        var mailbox = new Mailbox(endPoint, _mailboxes);
        return _mailboxes.TryAdd(endPoint.Name, mailbox)
            ? new ValueTask<DatagramChannel>(mailbox)
            : throw new AddressInUseException($"Mailbox {endPoint} is taken.");
    }

    // A client is a mailbox too, so that replies find it.
    protected override ValueTask<DatagramChannel> OpenAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken)
    {
        Check(remoteEndPoint);
        var name = $"client-{Interlocked.Increment(ref _clients)}";
        return BindAsync(new MailboxEndPoint(name), cancellationToken);
    }

    private static MailboxEndPoint Check(EndPoint endPoint) => endPoint as MailboxEndPoint
        ?? throw new ArgumentException($"{endPoint} is not a {nameof(MailboxEndPoint)}.", nameof(endPoint));
}

/// <summary>What a bound socket is elsewhere.</summary>
internal sealed class Mailbox(MailboxEndPoint localEndPoint, ConcurrentDictionary<string, Mailbox> all)
    : DatagramChannel
{
    private const int Capacity = 256;

    private readonly SocketAddress _address = localEndPoint.Serialize();
    private readonly Channel<(byte[] Payload, SocketAddress Sender)> _arrived =
        Channel.CreateBounded<(byte[], SocketAddress)>(Capacity);

    public override EndPoint LocalEndPoint => localEndPoint;

    public override async ValueTask<int> ReceiveAsync(Memory<Datagram> batch, CancellationToken cancellationToken)
    {
        try
        {
            var (payload, sender) = await _arrived.Reader.ReadAsync(cancellationToken);
            Fill(batch.Span[0], payload, sender);
            return 1;
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(Mailbox));
        }
    }

    public override ValueTask<int> SendAsync(ReadOnlyMemory<Datagram> batch, CancellationToken cancellationToken)
    {
        foreach (var datagram in batch.Span)
        {
            if (all.TryGetValue(MailboxEndPoint.NameIn(datagram.Address), out var mailbox))
            {
                // Nobody learns whether there was room. That is what IsReliable = false says.
                mailbox._arrived.Writer.TryWrite((datagram.Payload.ToArray(), _address));
            }
        }

        return new ValueTask<int>(batch.Length);
    }

    public override ValueTask DisposeAsync()
    {
        all.TryRemove(new KeyValuePair<string, Mailbox>(localEndPoint.Name, this));
        _arrived.Writer.TryComplete();
        return default;
    }

    private static void Fill(Datagram slot, byte[] payload, SocketAddress sender)
    {
        slot.Length = Math.Min(payload.Length, slot.Buffer.Length);
        slot.IsTruncated = payload.Length > slot.Buffer.Length;
        slot.Address = sender;
        payload.AsSpan(0, slot.Length).CopyTo(slot.Buffer.Span);
    }
}
