using System.Net;

namespace Transports.Requests;

/// <summary>Makes connections whose port none of the last requests had.</summary>
/// <remarks>
/// The system gives the port of a socket that was closed to another before long: among some 28,000 ports, a few dozen
/// requests are enough for it to happen now and then. A late reply to the old request would then reach the new one.
/// </remarks>
internal sealed class FreshSockets(ITransport transport, EndPoint remote)
{
    private const int Remembered = 2048;
    private const int MaxAttempts = 4;

    private readonly Lock _lock = new();
    private readonly HashSet<IPEndPoint> _used = new(Remembered);
    private readonly Queue<IPEndPoint> _inOrder = new(Remembered);

    public async ValueTask<IConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        List<IConnection>? refused = null;
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var connection = await transport.ConnectAsync(remote, cancellationToken).ConfigureAwait(false);
                if (TryUse(connection.LocalEndPoint) || attempt == MaxAttempts)
                {
                    return connection;
                }

                // It stays open until another is found, so that the system does not give the same port again.
                (refused ??= []).Add(connection);
            }
        }
        finally
        {
            foreach (var connection in refused ?? [])
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private bool TryUse(EndPoint localEndPoint)
    {
        if (localEndPoint is not IPEndPoint endPoint)
        {
            return true;
        }

        lock (_lock)
        {
            if (!_used.Add(endPoint))
            {
                return false;
            }

            _inOrder.Enqueue(endPoint);
            if (_inOrder.Count == Remembered)
            {
                _used.Remove(_inOrder.Dequeue());
            }

            return true;
        }
    }
}
