using Transports;

namespace Soak;

/// <summary>Well-behaved and less well-behaved clients over the library's own connections.</summary>
internal sealed class StreamClients(Site site, Tally tally)
{
    private const int LongestText = 20_000;

    /// <summary>One message at a time.</summary>
    public async Task TalkAsync(Random random, CancellationToken cancellationToken)
    {
        await using var connection = await site.Transport.ConnectAsync(site.EndPoint, cancellationToken);
        for (var i = random.Next(1, 40); i > 0; i--)
        {
            var text = Texts.Next(random, LongestText);
            await connection.SendAsync(text, cancellationToken);
            Verify(text, await connection.ReceiveTextAsync(cancellationToken));
        }
    }

    /// <summary>Many messages on their way at once: the replies must come in order.</summary>
    public async Task PipelineAsync(Random random, CancellationToken cancellationToken)
    {
        await using var connection = await site.Transport.ConnectAsync(site.EndPoint, cancellationToken);
        var texts = Enumerable.Range(0, random.Next(1, 300)).Select(_ => Texts.Next(random, LongestText)).ToArray();
        var sending = SendAllAsync(connection, texts, cancellationToken);
        foreach (var text in texts)
        {
            Verify(text, await connection.ReceiveTextAsync(cancellationToken));
        }

        await sending;
    }

    public async Task ConnectAndCloseAsync(Random random, CancellationToken cancellationToken)
    {
        await using var connection = await site.Transport.ConnectAsync(site.EndPoint, cancellationToken);
    }

    public async Task AbortAsync(Random random, CancellationToken cancellationToken)
    {
        await using var connection = await site.Transport.ConnectAsync(site.EndPoint, cancellationToken);
        for (var i = random.Next(10); i > 0; i--)
        {
            await connection.SendAsync(Texts.Next(random, LongestText), cancellationToken);
        }

        connection.Abort();
        await connection.Completion.WaitAsync(cancellationToken);
    }

    /// <summary>Sends and closes without ever having received.</summary>
    public async Task LeaveAsync(Random random, CancellationToken cancellationToken)
    {
        await using var connection = await site.Transport.ConnectAsync(site.EndPoint, cancellationToken);
        for (var i = random.Next(10); i > 0; i--)
        {
            await connection.SendAsync(Texts.Next(random, 200), cancellationToken);
        }
    }

    private static async Task SendAllAsync(IConnection connection, string[] texts, CancellationToken cancellationToken)
    {
        foreach (var text in texts)
        {
            await connection.SendAsync(text, cancellationToken);
        }
    }

    private void Verify(string sent, string reply)
    {
        if (string.Equals(reply, sent.ToUpperInvariant(), StringComparison.Ordinal))
        {
            tally.Verified();
        }
        else
        {
            tally.Wrong($"{site.Name}: '{sent}' was answered with '{reply}'");
        }
    }
}
