using System.Net;
using System.Threading.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Transports.Testing;

namespace Transports.Hosting.Tests;

/// <summary>A handler behind a rate limit, asked without a network.</summary>
internal sealed class LimitedServer
{
    private readonly CapturingTransport _transport = new();

    public LimitedServer(Action<RateLimitOptions> configure, IMessageHandler? handler = null)
    {
        var server = TransportServer.Create(
            Name,
            server => server
                .Listen(_transport, new InMemoryEndPoint("limited"))
                .UseRateLimit(configure)
                .Handle(handler ?? HostedServers.Upper),
            Logs,
            new VirtualTimeProvider());
        server.StartAsync().GetAwaiter().GetResult();
    }

    public string Name { get; } = $"limited-{Guid.NewGuid():N}";

    public LogCollector Logs { get; } = new();

    /// <summary>A limiter that lets a number of messages pass, and no more ever.</summary>
    public static Func<RateLimiter> AtMost(int permits) => () => new TokenBucketRateLimiter(new()
    {
        TokenLimit = permits,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = TimeSpan.FromDays(1),
        AutoReplenishment = false,
    });

    /// <summary>The reply to a message; null for none.</summary>
    public async Task<string?> AskAsync(string peer, TestConnection? connection = null, int port = 1)
    {
        connection ??= new TestConnection
        {
            RemoteEndPoint = IPEndPoint.Parse(peer),
            LocalEndPoint = new IPEndPoint(IPAddress.Loopback, port),
        };
        var context = new TestMessageContext("abc", connection);
        await context.RunAsync(_transport.Handler!);
        return context.ReplyTexts.SingleOrDefault();
    }

    private sealed class CapturingTransport : ITransport
    {
        public IMessageHandler? Handler { get; private set; }

        public TransportCapabilities Capabilities { get; } = new("fake", true, true, true, true, 100);

        public ValueTask<IListener> ListenAsync(
            EndPoint localEndPoint, IMessageHandler handler, CancellationToken cancellationToken = default)
        {
            Handler = handler;
            return new FakeTransport().ListenAsync(localEndPoint, handler, cancellationToken);
        }

        public ValueTask<IConnection> ConnectAsync(
            EndPoint remoteEndPoint, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();
    }
}
