using System.Net;
using System.Text;

namespace Transports.Testing.Tests.Examples;

/// <summary>Example of code that uses a transport: asks for prices, and tries again when nobody listens.</summary>
public sealed class PriceClient(ITransport transport, EndPoint server, TimeProvider timeProvider)
{
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    public async Task<string> AskAsync(string article, CancellationToken cancellationToken = default)
    {
        await using var connection = await ConnectAsync(cancellationToken);
        await connection.SendAsync(article, cancellationToken);
        return await connection.ReceiveTextAsync(cancellationToken);
    }

    /// <summary>Collects prices until the server closes the connection.</summary>
    public async Task<IReadOnlyList<string>> WatchAsync(CancellationToken cancellationToken = default)
    {
        var prices = new List<string>();
        await using var connection = await ConnectAsync(cancellationToken);
        await foreach (var message in connection.ReceiveAllAsync(cancellationToken))
        {
            prices.Add(Encoding.UTF8.GetString(message.Span));
        }

        return prices;
    }

    private async Task<IConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await transport.ConnectAsync(server, cancellationToken);
        }
        catch (ConnectionFailedException)
        {
            await Task.Delay(RetryAfter, timeProvider, cancellationToken);
            return await transport.ConnectAsync(server, cancellationToken);
        }
    }
}
