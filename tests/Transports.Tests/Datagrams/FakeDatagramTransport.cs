using System.Net;
using Microsoft.Extensions.Logging;

namespace Transports.Tests.Datagrams;

/// <summary>Made as an outsider would make one. Its scheme is its own, so that its metrics are too.</summary>
internal sealed class FakeDatagramTransport(
    FakeChannel channel,
    DatagramTransportOptions? options = null,
    ILoggerFactory? loggerFactory = null,
    TimeProvider? timeProvider = null)
    : DatagramTransport(NewScheme(), options ?? new FakeOptions(), loggerFactory, timeProvider)
{
    private static int _schemes;

    public async Task<IListener> ListenAsync(IMessageHandler handler) =>
        await ListenAsync(channel.LocalEndPoint, handler);

    public async Task<IListener> ListenAsync(Func<MessageContext, CancellationToken, ValueTask> handler) =>
        await ListenAsync(MessageHandler.Create(handler));

    protected override ValueTask<DatagramChannel> BindAsync(
        EndPoint localEndPoint, CancellationToken cancellationToken) => new(channel);

    protected override ValueTask<DatagramChannel> OpenAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken) => new(channel);

    private static string NewScheme() => $"fake{Interlocked.Increment(ref _schemes)}";
}

internal sealed class FakeOptions : DatagramTransportOptions;
