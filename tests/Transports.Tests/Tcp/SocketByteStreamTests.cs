using System.Net;
using System.Net.Sockets;
using Transports.Testing;
using Transports.Tests.Streams;

namespace Transports.Tests.Tcp;

public sealed class SocketByteStreamTests : IAsyncDisposable
{
    private const int Row = 16;

    private readonly byte[] _buffer = new byte[64];
    private readonly VirtualTimeProvider _time = new();
    private readonly Socket _peer = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private SocketByteStream? _stream;

    [Fact]
    public async Task BusyStream_AsLongAsItFindsData_LetsOthersGoFirst()
    {
        var stream = await ConnectAsync();
        await MakeBusyAsync(stream);

        for (var i = 0; i < Row / 2; i++)
        {
            Assert.True(await GivesWayAsync(stream));
            await ReceiveAsync(stream, isThere: true);
            await SendAsync("next"u8.ToArray());
        }
    }

    [Fact]
    public async Task BusyStream_ThatFoundNothing_TriesAgainInTheNextRow()
    {
        var stream = await ConnectAsync();
        await MakeBusyAsync(stream);
        Assert.True(await GivesWayAsync(stream));
        await ReceiveAsync(stream, isThere: true);

        // With one processor there is nobody to wake, so giving way is never given up.
        var isGivenUp = Environment.ProcessorCount > 1;
        for (var i = 1; i < Row; i++)
        {
            Assert.Equal(i == 1 || !isGivenUp, await GivesWayAsync(stream));
            await ReceiveAsync(stream, isThere: false);
        }

        Assert.True(await GivesWayAsync(stream));
    }

    [Fact]
    public async Task StreamThatSaysLittle_GoesFirst()
    {
        var stream = await ConnectAsync();
        await SendAsync("hello"u8.ToArray());
        for (var i = 0; i < 3 * Row; i++)
        {
            await stream.WaitForDataAsync(CancellationToken.None).AsTask().WaitAsync(ScriptedTransport.Patience);
            Assert.True(stream.LetOthersGoFirstAsync().AsTask().IsCompletedSuccessfully);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task BusyStream_ThatPausesOnce_StaysBusy_AndTwiceInTwoRows_DoesNot()
    {
        var stream = await ConnectAsync();
        await MakeBusyAsync(stream);

        await WaitForARowAsync(stream);
        Assert.True(stream.WaitsInReceive);

        _time.Advance(TimeSpan.FromSeconds(10));
        await WaitForARowAsync(stream);
        Assert.True(stream.WaitsInReceive);

        await WaitForARowAsync(stream);
        _time.Advance(TimeSpan.FromSeconds(10));
        await WaitForARowAsync(stream);
        Assert.True(stream.WaitsInReceive);

        _time.Advance(TimeSpan.FromSeconds(10));
        await WaitForARowAsync(stream);
        Assert.False(stream.WaitsInReceive);
    }

    public async ValueTask DisposeAsync()
    {
        _peer.Dispose();
        await (_stream?.DisposeAsync() ?? default);
    }

    /// <summary>A row of waits within no time at all: after it the peer's bytes are still there.</summary>
    private async Task MakeBusyAsync(SocketByteStream stream)
    {
        await SendAsync("hello"u8.ToArray());
        await WaitForARowAsync(stream);
        Assert.True(stream.LetOthersGoFirstAsync().AsTask().IsCompletedSuccessfully);
    }

    /// <summary>The clock is looked at by the first of them.</summary>
    private static async Task WaitForARowAsync(SocketByteStream stream)
    {
        for (var i = 0; i < Row; i++)
        {
            await stream.WaitForDataAsync(CancellationToken.None).AsTask().WaitAsync(ScriptedTransport.Patience);
        }
    }

    private static async Task<bool> GivesWayAsync(SocketByteStream stream)
    {
        Assert.True(stream.WaitForDataAsync(CancellationToken.None).AsTask().IsCompletedSuccessfully);
        var waiting = stream.LetOthersGoFirstAsync();
        if (waiting.IsCompleted)
        {
            return false;
        }

        await waiting.AsTask().WaitAsync(ScriptedTransport.Patience);
        return true;
    }

    private async Task ReceiveAsync(SocketByteStream stream, bool isThere)
    {
        var receiving = stream.ReceiveAsync(_buffer, CancellationToken.None).AsTask();
        Assert.Equal(isThere, receiving.IsCompleted);
        if (!isThere)
        {
            await SendAsync("late"u8.ToArray());
        }

        Assert.True(await receiving.WaitAsync(ScriptedTransport.Patience) > 0);
    }

    /// <summary>Over the loopback, what was sent is there when the send has ended.</summary>
    private async Task SendAsync(byte[] bytes) => await _peer.SendAsync(bytes);

    private async Task<SocketByteStream> ConnectAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await _peer.ConnectAsync(listener.LocalEndpoint);
        var socket = await listener.AcceptSocketAsync();
        return _stream = new SocketByteStream(socket, new IPEndPoint(IPAddress.None, 0), _time);
    }
}
