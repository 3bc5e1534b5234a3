using System.Net;
using System.Threading.Channels;

namespace Transports.Tests.Datagrams;

/// <summary>A datagram service without any network: the test says what arrives, and sees what is sent.</summary>
internal sealed class FakeChannel : DatagramChannel
{
    private readonly Channel<object> _incoming = Channel.CreateUnbounded<object>();
    private readonly Channel<FakeDatagram[]> _sent = Channel.CreateUnbounded<FakeDatagram[]>();
    private readonly Channel<bool> _receives = Channel.CreateUnbounded<bool>();
    private readonly TaskCompletionSource _disposed = new();
    private readonly FakeLender _lender = new();
    private int _disposals;

    public override EndPoint LocalEndPoint => Local;

    public override int BatchSize => Batch;

    public override bool BlocksOnReceive => Blocks;

    public override EndPoint? RemoteEndPoint => Peer;

    internal override bool TakesPinned => Pins;

    internal override bool LendsBuffers => Lends;

    public IPEndPoint Local { get; init; } = new(IPAddress.Parse("192.0.2.100"), 9);

    public int Batch { get; init; } = 4;

    public bool Blocks { get; init; }

    /// <summary>Replies are written in memory that does not move, as for a channel that makes system calls.</summary>
    public bool Pins { get; init; }

    /// <summary>What is received is lent to slots, not copied, as by a channel that makes system calls.</summary>
    public bool Lends { get; init; }

    public EndPoint? Peer { get; init; }

    /// <summary>Asked before each send: how many to send, an exception, or a wait.</summary>
    public Func<ReadOnlyMemory<Datagram>, ValueTask<int>>? OnSend { get; set; }

    public Action? OnDispose { get; init; }

    public int Disposals => Volatile.Read(ref _disposals);

    /// <summary>Ends when the loop asks for more for the next time: what arrived before has been dealt with.</summary>
    public Task NextReceiveAsync() => _receives.Reader.ReadAsync().Soon();

    /// <summary>One receive yields all of these.</summary>
    public void ArriveTogether(params FakeDatagram[] batch) => _incoming.Writer.TryWrite(batch);

    public void Arrive(IPEndPoint peer, string text) => ArriveTogether(new FakeDatagram(peer, text));

    public void Fail(Exception exception) => _incoming.Writer.TryWrite(exception);

    /// <summary>The next datagrams that left together.</summary>
    public Task<FakeDatagram[]> NextBatchAsync() => _sent.Reader.ReadAsync().Soon();

    public async Task<FakeDatagram> NextSentAsync() => Assert.Single(await NextBatchAsync());

    /// <summary>
    /// So many datagrams, together or not: where a thread leads, one that the machine stops for a moment is taken for
    /// stuck, and then its replies leave by themselves.
    /// </summary>
    public async Task<IReadOnlyList<FakeDatagram>> NextSentAsync(int count)
    {
        var sent = new List<FakeDatagram>();
        while (sent.Count < count)
        {
            sent.AddRange(await NextBatchAsync());
        }

        Assert.Equal(count, sent.Count);
        return sent;
    }

    /// <summary>Ends when something has been sent that the test has not taken yet.</summary>
    public Task WhenSentAsync() => _sent.Reader.WaitToReadAsync().Soon();

    public bool HasSent => _sent.Reader.Count > 0;

    public override ValueTask<int> ReceiveAsync(Memory<Datagram> batch, CancellationToken cancellationToken)
    {
        _receives.Writer.TryWrite(true);
        var receive = ReceiveNextAsync(batch, cancellationToken);
        return Blocks ? new ValueTask<int>(receive.AsTask().GetAwaiter().GetResult()) : receive;
    }

    public override async ValueTask<int> SendAsync(
        ReadOnlyMemory<Datagram> batch, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed.Task.IsCompleted, this);
        var count = OnSend is null ? batch.Length : await OnSend(batch);
        _sent.Writer.TryWrite([.. batch[..count].ToArray().Select(Copy)]);
        return count;
    }

    public override ValueTask DisposeAsync()
    {
        Interlocked.Increment(ref _disposals);
        _disposed.TrySetResult();
        _incoming.Writer.TryComplete();
        OnDispose?.Invoke();
        return default;
    }

    private static FakeDatagram Copy(Datagram datagram) =>
        new((IPEndPoint)new IPEndPoint(datagram.Address.Family == System.Net.Sockets.AddressFamily.InterNetworkV6
            ? IPAddress.IPv6Any : IPAddress.Any, 0).Create(datagram.Address), datagram.Payload.ToArray());

    private async ValueTask<int> ReceiveNextAsync(Memory<Datagram> slots, CancellationToken cancellationToken)
    {
        // A channel that blocks does not look at the token.
        while (await _incoming.Reader.WaitToReadAsync(Blocks ? CancellationToken.None : cancellationToken))
        {
            if (!_incoming.Reader.TryRead(out var next))
            {
                continue;
            }

            if (next is Exception exception)
            {
                throw exception;
            }

            var batch = (FakeDatagram[])next;
            if (Lends)
            {
                _lender.Lend(slots.Span, batch);
                return batch.Length;
            }

            for (var index = 0; index < batch.Length; index++)
            {
                Fill(slots.Span[index], batch[index]);
            }

            return batch.Length;
        }

        throw new ObjectDisposedException(nameof(FakeChannel));
    }

    private static void Fill(Datagram slot, FakeDatagram datagram)
    {
        // Poisoned first: a payload that a handler still holds must not be here.
        slot.Buffer.Span.Fill(0xEE);
        datagram.Payload.CopyTo(slot.Buffer);
        slot.Length = datagram.Payload.Length;
        slot.IsTruncated = datagram.IsTruncated;
        slot.Address = datagram.Peer.Serialize();
    }
}
