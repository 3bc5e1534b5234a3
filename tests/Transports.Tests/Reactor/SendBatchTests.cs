using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Transports.Framing;

namespace Transports.Tests.Reactor;

/// <summary>
/// What connections send is gathered by the thread that leads. All of a test runs on one thread, so that it does.
/// </summary>
public sealed class SendBatchTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SendBatch? _batch = OperatingSystem.IsLinux() ? SendBatch.TryCreate(out _) : null;
    private readonly SocketPairs _sockets = new();
    private readonly StreamEnvironment _environment = new(
        "gathering", new TcpTransportOptions(), MessageFraming.Lines, NullLogger.Instance, TimeProvider.System);

    public SendBatchTests() => _batch?.Own();

    [RingFact]
    public void Send_OfManyConnections_SendsNothingBeforeAndAllThen()
    {
        var peers = Enumerable.Range(0, 5).Select(_ => new Peer(this)).ToArray();
        Array.ForEach(peers, peer => peer.Send("hello"));
        Assert.All(peers, peer => Assert.Equal(0, peer.Available));

        _batch!.Send();

        Assert.All(peers, peer => Assert.Equal("hello\n", peer.Receive(6)));
        Assert.True(_batch.IsEmpty);
        Assert.All(peers, peer => Assert.Empty(peer.SentAtOnce));
    }

    [RingFact]
    public void Send_MoreCameMeanwhile_SendsThatAfterIt()
    {
        var peer = new Peer(this);
        peer.Send("a");
        peer.Send("b");
        peer.Send("c");

        _batch!.Send();

        Assert.Equal("a\n", peer.Receive(2));
        Assert.Equal("b\nc\n", peer.SentAtOnce);
    }

    [RingFact]
    public void TryGather_ByAThreadThatDoesNotLead_IsRefused()
    {
        var peer = new Peer(this);

        OnAnotherThread(() => peer.Send("hello"));

        Assert.Equal("hello\n", peer.SentAtOnce);
        Assert.True(_batch!.IsEmpty);
    }

    [RingFact]
    public void Own_ByTheNextLeader_LeavesItWhatWasGathered()
    {
        var (before, after) = (new Peer(this), new Peer(this));
        before.Send("before");

        OnAnotherThread(() =>
        {
            _batch!.Own();
            _batch.Send();
        });
        after.Send("after");

        Assert.Equal("before\n", before.Receive(7));
        Assert.Equal("after\n", after.SentAtOnce);
    }

    [RingFact]
    public void Send_TheSocketTakesNoMore_SendsTheRestOnItsOwnWay()
    {
        var (full, other) = (new Peer(this), new Peer(this));
        full.Fill();
        full.Send("rest");
        other.Send("other");

        _batch!.Send();

        Assert.Equal("rest\n", full.SentAtOnce);
        Assert.Equal("other\n", other.Receive(6));
    }

    [RingFact]
    public async Task Send_OneConnectionIsBroken_EndsThatOneAlone()
    {
        var (broken, whole) = (new Peer(this), new Peer(this));
        broken.Break();
        broken.Send("lost");
        whole.Send("hello");

        _batch!.Send();

        Assert.Equal("hello\n", whole.Receive(6));
        Assert.False(whole.Connection.Completion.IsCompleted);
        Assert.Equal(CloseReason.RemoteReset, await broken.Connection.Completion.WaitAsync(Patience));
    }

    /// <summary>Its descriptor is spoken of in the batch, and must not become another's before that is sent.</summary>
    [RingFact]
    public void Abort_OfAConnectionWithAGatheredSend_ReleasesItsStreamAfterThat()
    {
        var peer = new Peer(this);
        peer.Connection.Start();
        peer.Send("hello");

        peer.Connection.Abort();
        Assert.False(peer.Connection.Completion.IsCompleted);
        _batch!.Send();

        Assert.True(((Task)peer.Connection.Completion).Wait(Patience));
    }

    [RingFact]
    public void TryGather_OfMoreThanThereIsRoomFor_IsRefused()
    {
        var peers = Enumerable.Range(0, 100).Select(_ => new Peer(this)).ToArray();

        Array.ForEach(peers, peer => peer.Send("hello"));
        _batch!.Send();

        var gathered = peers.Where(peer => peer.SentAtOnce.Length == 0).ToArray();
        Assert.InRange(gathered.Length, 1, peers.Length - 1);
        Assert.All(gathered, peer => Assert.Equal("hello\n", peer.Receive(6)));
        Assert.All(peers.Except(gathered), peer => Assert.Equal("hello\n", peer.SentAtOnce));
    }

    [RingFact]
    public void TryGather_OfALongMessage_IsRefused()
    {
        var peer = new Peer(this);
        var text = new string('x', 20_000);

        peer.Send(text);

        Assert.Equal(text + "\n", peer.SentAtOnce);
    }

    public void Dispose() => _sockets.Dispose();

    private static void OnAnotherThread(Action action)
    {
        var thread = new Thread(() => action());
        thread.Start();
        Assert.True(thread.Join(Patience));
    }

    /// <summary>A connection with a socket of its own, and the other end of that.</summary>
    private sealed class Peer
    {
        private readonly Socket _near;
        private readonly Socket _far;
        private readonly StringBuilder _sentAtOnce;

        public Peer(SendBatchTests test)
        {
            (_near, _far) = test._sockets.Add();
            var stream = new GatheringStream(test._batch!, (int)_near.Handle);
            _sentAtOnce = stream.SentAtOnce;
            Connection = new StreamConnection(stream, test._environment, listener: null);
        }

        public StreamConnection Connection { get; }

        public int Available => _far.Available;

        public string SentAtOnce => _sentAtOnce.ToString();

        public void Send(string text) => Assert.True(Connection.SendAsync(text).AsTask().IsCompletedSuccessfully);

        public void Fill() => SocketPairs.Fill(_near);

        public void Break()
        {
            Connection.Start();
            _near.Shutdown(SocketShutdown.Send);
        }

        public string Receive(int count)
        {
            var buffer = new byte[count];
            for (var received = 0; received < count;)
            {
                received += _far.Receive(buffer.AsSpan(received));
            }

            return Encoding.ASCII.GetString(buffer);
        }
    }

    /// <summary>Gathers like a stream of the reactor, and keeps what it has to send at once.</summary>
    private sealed class GatheringStream(SendBatch batch, int descriptor) : ByteStream
    {
        private readonly TaskCompletionSource<int> _received = new();

        public StringBuilder SentAtOnce { get; } = new();

        public override EndPoint LocalEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 1);

        public override EndPoint RemoteEndPoint => LocalEndPoint;

        public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
            new(_received.Task);

        public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
        {
            SentAtOnce.Append(Encoding.ASCII.GetString(bytes.Span));
            return default;
        }

        public override ValueTask CompleteSendsAsync() => default;

        public override void Abort() => _received.TrySetException(new ConnectionClosedException(CloseReason.Aborted));

        public override ValueTask DisposeAsync() => default;

        internal override bool TryGather(ReadOnlySpan<byte> bytes, StreamOutput output) =>
            batch.TryAdd(descriptor, bytes, output);
    }
}
