using System.Collections.Concurrent;
using System.Text;
using Transports.Requests;

namespace Transports.Operations.Tests.Accounting;

/// <summary>Asks so many times while its connection is reset now and then; knows what became of each.</summary>
internal sealed class AccountedClient(TransportEndpoint endPoint, int requests, int resets) : IDisposable
{
    private const int Workers = 32;
    private readonly ResettableTransport _transport = new();
    private readonly ConcurrentDictionary<string, long> _failures = new();
    private readonly SemaphoreSlim _resetting = new(1);
    private long _asked;
    private long _answered;
    private int _resets;

    public long Answered => _answered;

    public IReadOnlyDictionary<string, long> Failures => _failures;

    /// <summary>Connections that this side reset, and that the server did.</summary>
    public (int Here, int There) Resets { get; private set; }

    public async Task RunAsync()
    {
        await using var client = new RequestClient(_transport, endPoint.EndPoint, new()
        {
            ReconnectDelay = TimeSpan.FromMilliseconds(1),
            Timeout = ResettableTransport.Patience,
            SilenceTimeout = ResettableTransport.Patience,
        });
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(() => WorkAsync(client))));
    }

    public void Dispose() => _resetting.Dispose();

    private async Task WorkAsync(RequestClient client)
    {
        var every = requests / (resets + 1);
        while (Interlocked.Increment(ref _asked) is var number && number <= requests)
        {
            await AskAsync(client, "x");
            if (number % every == 0 && Interlocked.Increment(ref _resets) <= resets)
            {
                await ResetAsync(client);
            }
        }
    }

    private async Task<bool> AskAsync(RequestClient client, string request)
    {
        try
        {
            var reply = await client.RequestAsync(Encoding.ASCII.GetBytes(request));
            Assert.Equal(request, Encoding.ASCII.GetString(reply.Span));
            Interlocked.Increment(ref _answered);
            return true;
        }
        catch (TransportException exception)
        {
            _failures.AddOrUpdate(exception.GetType().Name, 1, (_, count) => count + 1);
            return false;
        }
    }

    /// <summary>One after the other, on a connection that has answered: each is a reset of its own.</summary>
    private async Task ResetAsync(RequestClient client)
    {
        await _resetting.WaitAsync();
        try
        {
            while (Interlocked.Increment(ref _asked) <= requests && !await AskAsync(client, "x"))
            {
                // Until the connection is there again.
            }

            var connection = _transport.Current;
            if ((Resets.Here + Resets.There) % 2 == 0)
            {
                connection.Abort();
                Assert.Equal(CloseReason.Aborted, await connection.Completion);
                Resets = (Resets.Here + 1, Resets.There);
            }
            else if (Interlocked.Increment(ref _asked) <= requests)
            {
                Assert.False(await AskAsync(client, "reset"));

                // The system tells of a reset once: if a send was told, the receive loop sees no more than an end.
                Assert.Contains(
                    await connection.Completion, (CloseReason[])[CloseReason.RemoteReset, CloseReason.RemoteClosed]);
                Resets = (Resets.Here, Resets.There + 1);
            }
        }
        finally
        {
            _resetting.Release();
        }
    }
}
