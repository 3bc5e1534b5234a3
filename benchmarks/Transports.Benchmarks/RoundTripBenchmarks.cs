using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Channels;
using BenchmarkDotNet.Attributes;
using Uppercase;

namespace Transports.Benchmarks;

/// <summary>
/// A request and its reply within one process. The baselines are what people build by hand: a pair of channels and a
/// pair of pipes, with a task on the other side that answers in upper case. One that need not wait returns no task,
/// which would count as allocated by the round trip.
/// </summary>
[MemoryDiagnoser]
public class RoundTripBenchmarks : IAsyncDisposable
{
    private readonly byte[] _request = new byte[32];
    private readonly Channel<byte[]> _toServer = Channel.CreateBounded<byte[]>(16);
    private readonly Channel<byte[]> _toClient = Channel.CreateBounded<byte[]>(16);
    private readonly Pipe _pipeToServer = new();
    private readonly Pipe _pipeToClient = new();
    private IListener? _listener;
    private IConnection? _connection;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        Array.Fill(_request, (byte)'a');
        var transport = new InMemoryTransport();
        _listener = await transport.ListenAsync(new InMemoryEndPoint("uppercase"), new UppercaseHandler());
        _connection = await transport.ConnectAsync(_listener.LocalEndPoint);
        _ = AnswerChannelAsync();
        _ = AnswerPipeAsync();
    }

    [Benchmark(Baseline = true)]
    public async ValueTask<int> Channels()
    {
        await _toServer.Writer.WriteAsync(_request);
        return (await _toClient.Reader.ReadAsync()).Length;
    }

    [Benchmark]
    public async ValueTask<long> Pipelines()
    {
        await _pipeToServer.Writer.WriteAsync(_request);
        var result = await _pipeToClient.Reader.ReadAtLeastAsync(_request.Length);
        var length = result.Buffer.Length;
        _pipeToClient.Reader.AdvanceTo(result.Buffer.End);
        return length;
    }

    [Benchmark]
    public async ValueTask<int> InMemory()
    {
        await _connection!.SendAsync(_request);
        return (await _connection.ReceiveAsync()).Length;
    }

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _toServer.Writer.TryComplete();
        await _pipeToServer.Writer.CompleteAsync();
        await _connection!.DisposeAsync();
        await _listener!.DisposeAsync();
    }

    private async Task AnswerChannelAsync()
    {
        await foreach (var request in _toServer.Reader.ReadAllAsync())
        {
            System.Text.Ascii.ToUpperInPlace(request, out _);
            await _toClient.Writer.WriteAsync(request);
        }
    }

    private async Task AnswerPipeAsync()
    {
        while (true)
        {
            var result = await _pipeToServer.Reader.ReadAsync();
            if (result.Buffer.IsEmpty && result.IsCompleted)
            {
                return;
            }

            var reply = _pipeToClient.Writer.GetSpan((int)result.Buffer.Length);
            result.Buffer.CopyTo(reply);
            System.Text.Ascii.ToUpperInPlace(reply[..(int)result.Buffer.Length], out _);
            _pipeToClient.Writer.Advance((int)result.Buffer.Length);
            _pipeToServer.Reader.AdvanceTo(result.Buffer.End);
            await _pipeToClient.Writer.FlushAsync();
        }
    }
}
