using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Transports.Framing;

namespace Transports.Tests.Streams;

internal sealed class ScriptedOptions : StreamTransportOptions;

/// <summary>A transport whose peers and whose accept errors the test decides.</summary>
internal sealed class ScriptedTransport(
    ScriptedOptions? options = null,
    MessageFraming? framing = null,
    TimeProvider? timeProvider = null,
    ILoggerFactory? loggerFactory = null)
    : ByteStreamTransport(
        "scripted", options ?? new ScriptedOptions(), framing ?? MessageFraming.Lines, loggerFactory, timeProvider),
    IByteStreamListener
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<object> _arrivals = Channel.CreateUnbounded<object>();

    public EndPoint LocalEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 1);

    /// <summary>The stream of the next connection that is made.</summary>
    public ScriptedByteStream Next { get; set; } = new();

    protected override bool StartsInline => true;

    public ValueTask<IListener> ListenAsync(IMessageHandler handler) => ListenAsync(LocalEndPoint, handler);

    public async Task<IConnection> ConnectAsync() => await ConnectAsync(LocalEndPoint);

    public ScriptedByteStream Arrive(string remote = "127.0.0.1:2")
    {
        var stream = new ScriptedByteStream { Remote = IPEndPoint.Parse(remote) };
        _arrivals.Writer.TryWrite(stream);
        return stream;
    }

    public void FailAccept(Exception exception) => _arrivals.Writer.TryWrite(exception);

    public async ValueTask<ByteStream> AcceptAsync(CancellationToken cancellationToken) =>
        await _arrivals.Reader.ReadAsync(cancellationToken) switch
        {
            Exception exception => throw exception,
            var stream => (ByteStream)stream,
        };

    ValueTask IAsyncDisposable.DisposeAsync() => default;

    protected override ValueTask<IByteStreamListener> BindAsync(
        EndPoint localEndPoint, CancellationToken cancellationToken) => new(this);

    protected override ValueTask<ByteStream> OpenAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken) => new(Next);
}
