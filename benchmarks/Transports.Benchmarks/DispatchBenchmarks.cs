using System.Net;
using BenchmarkDotNet.Attributes;
using Transports.Framing;
using Uppercase;

namespace Transports.Benchmarks;

/// <summary>
/// What the library itself costs per message: lines are handed to a connection as if a socket had received them, are
/// parsed, handled and framed, and the replies go nowhere. All on the calling thread.
/// </summary>
[MemoryDiagnoser]
public class DispatchBenchmarks : IAsyncDisposable
{
    /// <summary>So many messages are handled in each run, whatever the size of the batches.</summary>
    private const int Messages = 64;
    private readonly FedStream _stream = new();
    private byte[] _lines = [];
    private IListener? _listener;

    /// <summary>How many messages one receive brings.</summary>
    [Params(1, 16, 64)]
    public int Batch { get; set; } = 1;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        var line = "the quick brown fox jumps over.\n"u8.ToArray();
        _lines = [.. Enumerable.Repeat(line, Batch).SelectMany(bytes => bytes)];
        var transport = new FedTransport(_stream);
        _listener = await transport.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), new UppercaseHandler());
        await _stream.Waiting;
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public long Dispatch()
    {
        for (var done = 0; done < Messages; done += Batch)
        {
            _stream.Feed(_lines);
        }

        return _stream.SentBytes;
    }

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _stream.Feed([]);
        await _listener!.DisposeAsync();
    }

    /// <summary>Accepts one connection, which is the stream.</summary>
    private sealed class FedTransport(FedStream stream)
        : ByteStreamTransport("fed", new TcpTransportOptions(), MessageFraming.Lines)
    {
        protected override ValueTask<IByteStreamListener> BindAsync(
            EndPoint localEndPoint, CancellationToken cancellationToken) => new(new FedListener(stream));

        protected override ValueTask<ByteStream> OpenAsync(
            EndPoint remoteEndPoint, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class FedListener(FedStream stream) : IByteStreamListener
    {
        private FedStream? _next = stream;

        public EndPoint LocalEndPoint { get; } = stream.LocalEndPoint;

        public async ValueTask<ByteStream> AcceptAsync(CancellationToken cancellationToken)
        {
            if (Interlocked.Exchange(ref _next, null) is { } next)
            {
                return next;
            }

            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("Nobody else connects.");
        }

        public ValueTask DisposeAsync() => default;
    }
}
