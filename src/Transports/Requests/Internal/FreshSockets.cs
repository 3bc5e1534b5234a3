using System.Net;

namespace Transports.Requests;

/// <summary>
/// Makes connections whose port none of the last requests had; where there is no such port, one that was used long ago.
/// </summary>
/// <remarks>
/// The system gives the port of a socket that was closed to another before long: among some 28,000 ports, a few dozen
/// requests are enough for it to happen now and then. A copy of an old reply would then reach the new request. A socket
/// to which more than a copy may come is kept open, by <see cref="RetiredSockets"/>.
/// </remarks>
internal sealed class FreshSockets(ITransport transport, EndPoint remote)
{
    private const int Remembered = 2048;
    private const int MaxAttempts = 4;

    private readonly Lock _lock = new();
    private readonly Dictionary<IPEndPoint, long> _lastUses = new(Remembered);
    private readonly Queue<(IPEndPoint EndPoint, long Use)> _inOrder = new(Remembered);
    private long _uses;

    public async ValueTask<IConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = await transport.ConnectAsync(remote, cancellationToken).ConfigureAwait(false);
        return TryUse(connection)
            ? connection
            : await ReplaceAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<IConnection> ReplaceAsync(IConnection connection, CancellationToken cancellationToken)
    {
        // They stay open until another is found, so that the system does not give the same port again.
        var opened = new List<IConnection> { connection };
        IConnection? chosen = null;
        try
        {
            while (chosen is null && opened.Count < MaxAttempts)
            {
                var next = await transport.ConnectAsync(remote, cancellationToken).ConfigureAwait(false);
                opened.Add(next);
                chosen = TryUse(next) ? next : null;
            }

            return chosen ??= UseOldest(opened);
        }
        catch (ConnectionFailedException)
        {
            // There are no more to be had.
            return chosen = UseOldest(opened);
        }
        finally
        {
            foreach (var other in opened.Where(other => other != chosen))
            {
                await other.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private bool TryUse(IConnection connection)
    {
        if (connection.LocalEndPoint is not IPEndPoint endPoint)
        {
            return true;
        }

        lock (_lock)
        {
            if (_lastUses.ContainsKey(endPoint))
            {
                return false;
            }

            Remember(endPoint);
            return true;
        }
    }

    private IConnection UseOldest(List<IConnection> opened)
    {
        lock (_lock)
        {
            var oldest = opened.MinBy(
                connection => _lastUses.GetValueOrDefault((IPEndPoint)connection.LocalEndPoint))!;
            Remember((IPEndPoint)oldest.LocalEndPoint);
            return oldest;
        }
    }

    private void Remember(IPEndPoint endPoint)
    {
        _lastUses[endPoint] = ++_uses;
        _inOrder.Enqueue((endPoint, _uses));
        if (_inOrder.Count > Remembered)
        {
            var (oldest, use) = _inOrder.Dequeue();
            if (_lastUses[oldest] == use)
            {
                _lastUses.Remove(oldest);
            }
        }
    }
}
