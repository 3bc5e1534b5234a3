using System.Net.Sockets;
using System.Text;

namespace Transports.Tests.Reactor;

public sealed class SendRingTests : IDisposable
{
    private const int Capacity = 8;
    private const int Epipe = 32;
    private const int MoreThanASocketTakes = 64 * 1024 * 1024;

    private readonly SendRing? _ring = OperatingSystem.IsLinux() ? SendRing.TryCreate(Capacity, out _) : null;
    private readonly SocketPairs _sockets = new();
    private readonly List<byte[]> _sent = [];
    private readonly int[] _results = new int[Capacity];

    [RingFact]
    public void Submit_OfManySends_SendsEachOnItsSocketInAnyNumberOfRounds()
    {
        var pairs = Enumerable.Range(0, Capacity).Select(_ => _sockets.Add()).ToArray();
        for (var round = 1; round <= 3 * Capacity; round++)
        {
            // Not always all of them, so that rounds begin anywhere in the ring.
            var count = (round % Capacity) + 1;
            var texts = Enumerable.Range(0, count).Select(send => $"{round}-{send}").ToArray();
            Submit([.. texts.Select((text, send) => (pairs[send].Near, Encoding.ASCII.GetBytes(text)))]);

            Assert.Equal(texts.Select(text => text.Length), _results[..count]);
            Assert.Equal(texts, pairs[..count].Select(pair => Receive(pair.Far)));
        }
    }

    [RingFact]
    public void Submit_OneSocketIsBroken_FailsForThatOneAlone()
    {
        var (broken, whole) = (_sockets.Add(), _sockets.Add());
        broken.Near.Shutdown(SocketShutdown.Send);

        Submit([(broken.Near, [1]), (whole.Near, [2]), (broken.Near, [3])]);

        Assert.Equal([-Epipe, 1, -Epipe], _results[..3]);
    }

    [RingFact]
    public void Submit_TheSocketTakesNoMore_SaysSoAtOnce()
    {
        var (full, _) = _sockets.Add();
        SocketPairs.Fill(full);

        Submit([(full, new byte[1024])]);
        Assert.Equal(-LibC.Eagain, _results[0]);

        Submit([(full, new byte[1024]), (full, new byte[1024])]);
        Assert.Equal([-LibC.Eagain, -LibC.Eagain], _results[..2]);
    }

    [RingFact]
    public void Submit_LongSend_TellsHowMuchWasTaken()
    {
        var (pair, other) = (_sockets.Add(), _sockets.Add());

        Submit([(pair.Near, new byte[MoreThanASocketTakes]), (other.Near, [1])]);

        Assert.InRange(_results[0], 1, MoreThanASocketTakes - 1);
        Assert.Equal(1, _results[1]);
    }

    public void Dispose()
    {
        _ring?.Dispose();
        _sockets.Dispose();
    }

    private static string Receive(Socket socket)
    {
        var buffer = new byte[64];
        return Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer));
    }

    private unsafe void Submit((Socket Socket, byte[] Bytes)[] sends)
    {
        foreach (var (socket, bytes) in sends)
        {
            // Pinned, and held: the ring reads it later.
            var pinned = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
            bytes.CopyTo(pinned, 0);
            _sent.Add(pinned);
            fixed (byte* start = pinned)
            {
                _ring!.Add((int)socket.Handle, start, pinned.Length);
            }
        }

        _ring!.Submit(_results);
    }
}
