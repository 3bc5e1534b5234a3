using System.Net;

namespace Transports;

/// <summary>Several listeners on one endpoint, seen as one.</summary>
internal sealed class ShardedListener : IListener, ISheddable
{
    private readonly DatagramListener[] _shards;

    public ShardedListener(
        IReadOnlyCollection<DatagramChannel> channels, IMessageHandler handler, DatagramEnvironment environment)
    {
        var count = channels.Count;
        _shards = [.. channels.Select(channel => DatagramListener.Start(channel, handler, environment, count))];
        Completion = EndAsync();
    }

    public EndPoint LocalEndPoint => _shards[0].LocalEndPoint;

    /// <summary>Ends with the last shard, and fails with the first that fails.</summary>
    public Task Completion { get; }

    int ISheddable.ConnectionCount => 0;

    int ISheddable.InFlight => _shards.Sum(shard => ((ISheddable)shard).InFlight);

    void ISheddable.Shed(ShedLevel level, TimeSpan idleAfter)
    {
        foreach (ISheddable shard in _shards)
        {
            shard.Shed(level, idleAfter);
        }
    }

    public async ValueTask StopAsync(CancellationToken cancellationToken = default) =>
        await Task.WhenAll(_shards.Select(shard => shard.StopAsync(cancellationToken).AsTask())).ConfigureAwait(false);

    public ValueTask DisposeAsync() => StopAsync(CancellationToken.None);

    private async Task EndAsync()
    {
        await foreach (var ended in Task.WhenEach(_shards.Select(shard => shard.Completion)).ConfigureAwait(false))
        {
            await ended.ConfigureAwait(false);
        }
    }
}
