using System.Net;
using System.Net.Sockets;
using Transports.Tests.Datagrams;
using Transports.Tests.Reactor;

namespace Transports.Tests.Udp;

/// <summary>Datagrams that leave in one call arrive as what they were, whatever the kernel joined on the way.</summary>
public sealed class UdpBatchTests : IDisposable
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    private readonly Socket _sender = NewSocket();
    private readonly Socket[] _receivers = [NewSocket(), NewSocket(), NewSocket()];

    public void Dispose()
    {
        _sender.Dispose();
        Array.ForEach(_receivers, receiver => receiver.Dispose());
    }

    [LinuxFact]
    public void Runs_OfOnePeerAndSize_AreFound()
    {
        Assert.Equal(3, SendVector.CountRun([To(0, 5), To(0, 5), To(0, 5)], false, 100));
        Assert.Equal(2, SendVector.CountRun([To(0, 5), To(0, 4), To(0, 4)], false, 100));
        Assert.Equal(1, SendVector.CountRun([To(0, 4), To(0, 5)], false, 100));
        Assert.Equal(1, SendVector.CountRun([To(0, 5), To(1, 5)], false, 100));
        Assert.Equal(2, SendVector.CountRun([To(0, 5), To(1, 5)], true, 100));
        Assert.Equal(1, SendVector.CountRun([To(0, 0), To(0, 0)], false, 100));
        Assert.Equal(1, SendVector.CountRun([To(0, 5), To(0, 0)], false, 100));
        Assert.Equal(1, SendVector.CountRun([To(0, 5), To(0, 5)], false, 4));
        Assert.Equal(64, SendVector.CountRun([.. Enumerable.Range(0, 100).Select(_ => To(0, 9))], false, 100));
        Assert.Equal(2, SendVector.CountRun([.. Enumerable.Range(0, 9).Select(_ => To(0, 30_000))], false, 65_507));
    }

    [LinuxFact]
    public void Batches_Here_CanBeHad() => Assert.Null(BatchedUdpSocket.FindObstacle());

    [LinuxTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Batch_OfAnySizesAndPeers_ArrivesWhole(int seed)
    {
        var random = new Random(seed);
        var sockets = Array.ConvertAll(_receivers, receiver => new BatchedUdpSocket(receiver, isConnected: false));
        var sending = new BatchedUdpSocket(_sender, isConnected: false);
        Assert.True(sending.SendsJoined);
        for (var round = 0; round < 200; round++)
        {
            var batch = NewBatch(random);
            for (var first = 0; first < batch.Length;)
            {
                Assert.Equal(0, sending.Send(batch.AsSpan(first), out var sent));
                Assert.InRange(sent, 1, batch.Length - first);
                first += sent;
            }

            for (var peer = 0; peer < _receivers.Length; peer++)
            {
                var expected = batch.Where(datagram => IsFor(datagram, peer)).Select(Content).ToArray();
                Assert.Equal(expected, Receive(sockets[peer], expected.Length, random));
            }
        }
    }

    [LinuxFact]
    public void Batch_WhereTheKernelCutsNothing_LeavesOneByOne()
    {
        // Without checksums the kernel refuses to cut: SOL_SOCKET, SO_NO_CHECK.
        _sender.SetRawSocketOption(1, 11, BitConverter.GetBytes(1));
        var sending = new BatchedUdpSocket(_sender, isConnected: false);
        var batch = Enumerable.Range(0, 10).Select(_ => To(0, 100)).ToArray();

        Assert.True(sending.SendsJoined);
        Assert.Equal(0, sending.Send(batch, out var sent));

        Assert.Equal(10, sent);
        var receiving = new BatchedUdpSocket(_receivers[0], isConnected: false);
        Assert.Equal(batch.Select(Content), Receive(receiving, 10, new Random(1)));

        Assert.Equal(0, sending.Send(batch, out sent));
        Assert.Equal(10, sent);
    }

    [LinuxFact]
    public void Slots_WhatIsLentToThem_LastsUntilTheNextReceive_UnlessItIsKept()
    {
        var receiving = new BatchedUdpSocket(_receivers[0], isConnected: false);
        using var other = NewSocket();
        var vector = new ReceiveVector();
        var slots = Enumerable.Range(0, 3).Select(_ => NewSlot()).ToArray();
        var kept = new List<(Datagram Slot, string Content, SocketAddress Sender)>();
        for (var round = 0; round < 20; round++)
        {
            var socket = round % 2 == 0 ? _sender : other;
            var batch = Enumerable.Range(0, 3).Select(index => To(0, 50, (byte)((3 * round) + index))).ToArray();
            Assert.Equal(0, new BatchedUdpSocket(socket, isConnected: false).Send(batch, out _));

            // The kernel has joined them, so they come together.
            Assert.Equal(0, receiving.Receive(vector, LibC.MessageWaitForOne));
            Assert.Equal(3, vector.Deal(slots, System.Buffers.ArrayPool<byte>.Shared, 65_507));
            Assert.Equal(batch.Select(Content), slots.Select(Content));

            slots[round % 3].Keep();
            kept.Add((slots[round % 3], Content(slots[round % 3]), socket.LocalEndPoint!.Serialize()));
            slots[round % 3] = NewSlot();
        }

        Assert.All(kept, one => Assert.Equal(one.Content, Content(one.Slot)));
        Assert.All(kept, one => Assert.True(PeerAddress.IsSame(one.Sender, one.Slot.Address)));
    }

    [LinuxFact]
    public void LoneSender_IsKnownAgain_AndIsNobodyWhereThereAreSeveral()
    {
        var receiving = new BatchedUdpSocket(_receivers[0], isConnected: false);
        using var other = NewSocket();
        var vector = new ReceiveVector();
        var senders = new List<ulong?>();
        foreach (var socket in new[] { _sender, _sender, other })
        {
            Assert.Equal(0, new BatchedUdpSocket(socket, isConnected: false).Send([To(0, 10)], out _));
            Receive();
        }

        foreach (var socket in new[] { _sender, other })
        {
            Assert.Equal(0, new BatchedUdpSocket(socket, isConnected: false).Send([To(0, 10)], out _));
        }

        Receive();

        Assert.NotNull(senders[0]);
        Assert.Equal(senders[0], senders[1]);
        Assert.NotEqual(senders[0], senders[2]);
        Assert.Null(senders[3]);
        Assert.Equal(2, vector.Count);

        void Receive()
        {
            Assert.Equal(0, receiving.Receive(vector, LibC.MessageWaitForOne));
            senders.Add(vector.LoneSender);
            vector.Deal([NewSlot(), NewSlot()], System.Buffers.ArrayPool<byte>.Shared, 65_507);
        }
    }

    [LinuxFact]
    public void Slots_WithABufferOfTheirOwn_GetACopy()
    {
        var pool = System.Buffers.ArrayPool<byte>.Shared;
        var receiving = new BatchedUdpSocket(_receivers[0], isConnected: false);
        var sending = new BatchedUdpSocket(_sender, isConnected: false);
        var vector = new ReceiveVector();
        var slots = Enumerable.Range(0, 3).Select(_ => NewSlot()).ToArray();
        Array.ForEach(slots, slot => slot.RentBuffer(pool, 16));
        Datagram[] first = [To(0, 10, 1), To(0, 900, 2), To(0, 0)];
        Assert.Equal(0, sending.Send(first, out _));

        for (var filled = 0; filled < slots.Length;)
        {
            Assert.Equal(0, receiving.Receive(vector, LibC.MessageWaitForOne));
            filled += vector.Deal(slots.AsSpan(filled), pool, 65_507);
        }

        Assert.Equal(0, sending.Send([To(0, 10, 77)], out _));
        Assert.Equal(0, receiving.Receive(vector, LibC.MessageWaitForOne));
        Assert.Equal(first.Select(Content), slots.Select(Content));
        Assert.All(slots, slot => Assert.True(PeerAddress.IsSame(_sender.LocalEndPoint!.Serialize(), slot.Address)));
    }

    [LinuxFact]
    public async Task Burst_OfJoinedDatagrams_IsAnsweredEachByItself()
    {
        var transport = new UdpTransport(new UdpTransportOptions { Driver = TransportDriver.Reactor });
        await using var listener = await transport.ListenAsync(AnyPort, Handlers.Echo);
        var to = listener.LocalEndPoint.Serialize();
        var batch = Enumerable.Range(0, 300)
            .Select(index => New(to, 200 - (index % 2), (byte)index)).OrderByDescending(one => one.Length).ToArray();
        var sending = new BatchedUdpSocket(_sender, isConnected: false);

        for (var first = 0; first < batch.Length;)
        {
            Assert.Equal(0, sending.Send(batch.AsSpan(first), out var sent));
            first += sent;
        }

        // In any order: a thread that the machine stops for a moment is taken for stuck, and another goes on meanwhile.
        Assert.Equal(
            batch.Select(Content).Order(StringComparer.Ordinal),
            Receive(sending, batch.Length, new Random(1)).Order(StringComparer.Ordinal));
    }

    private static Socket NewSocket()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveBufferSize = 4 * 1024 * 1024,
            ReceiveTimeout = 30_000,
        };
        socket.Bind(AnyPort);
        return socket;
    }

    private static Datagram New(SocketAddress address, int length, byte first)
    {
        var bytes = new byte[length];
        for (var index = 0; index < length; index++)
        {
            bytes[index] = (byte)(first + index);
        }

        return new Datagram(bytes, address) { Length = length };
    }

    private static Datagram NewSlot() => new(default, new SocketAddress(AddressFamily.InterNetwork));

    private static string Content(Datagram datagram) => Convert.ToHexString(datagram.Payload.Span);

    private static List<string> Receive(BatchedUdpSocket socket, int count, Random random)
    {
        var received = new List<string>();
        var vector = new ReceiveVector();
        while (received.Count < count)
        {
            Assert.Equal(0, socket.Receive(vector, LibC.MessageWaitForOne));
            while (!vector.IsEmpty)
            {
                var slots = Enumerable.Range(0, random.Next(1, 20))
                    .Select(_ => new Datagram(new byte[16], new SocketAddress(AddressFamily.InterNetwork)))
                    .ToArray();
                var filled = vector.Deal(slots, System.Buffers.ArrayPool<byte>.Shared, 65_507);
                Assert.All(slots.Take(filled), slot => Assert.False(slot.IsTruncated));
                received.AddRange(slots.Take(filled).Select(Content));
            }
        }

        return received;
    }

    private Datagram To(int peer, int length, byte first = 0) =>
        New(_receivers[peer].LocalEndPoint!.Serialize(), length, first);

    private bool IsFor(Datagram datagram, int peer) =>
        PeerAddress.IsSame(datagram.Address, _receivers[peer].LocalEndPoint!.Serialize());

    private Datagram[] NewBatch(Random random)
    {
        var batch = new List<Datagram>();
        while (batch.Count < 60)
        {
            var (peer, length, run) = (random.Next(3), random.Next(5) == 0 ? 0 : random.Next(1500), random.Next(1, 40));
            for (var index = 0; index < run; index++)
            {
                batch.Add(To(peer, length, (byte)random.Next(256)));
            }
        }

        return [.. batch];
    }
}
