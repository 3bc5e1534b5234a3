using System.Net;

namespace Transports.Testing;

/// <summary>A welcoming TCP socket on a simulated host. Its state belongs to the loop's thread.</summary>
internal sealed class SimulatedStreamListener(SimulatedHost host, int backlog) : IByteStreamListener
{
    private readonly EventLoop _loop = host.Network.Loop;
    private readonly LoopSignal _arrival = new(host.Network.Loop);
    private readonly Queue<TcpConnection> _arrived = new();
    private IPEndPoint _local = null!;
    private uint _address;
    private int _opening;
    private bool _isClosed;

    public EndPoint LocalEndPoint => _local;

    public ushort Port { get; private set; }

    /// <summary>How many connections wait to be accepted.</summary>
    public int Waiting => _arrived.Count;

    /// <summary>Whether somebody accepts.</summary>
    public bool IsAccepting => _arrival.IsArmed;

    public void SetLocal(uint address, ushort port)
    {
        (_address, Port) = (address, port);
        _local = SimulatedAddress.ToEndPoint(address, port);
    }

    public bool Hears(uint address) =>
        _address == SimulatedAddress.Any || address == SimulatedAddress.Any || _address == address;

    /// <summary>Takes a place in the backlog; false when there is none.</summary>
    public bool TryWelcome()
    {
        if (_arrived.Count + _opening >= backlog)
        {
            return false;
        }

        _opening++;
        return true;
    }

    /// <summary>A handshake has ended.</summary>
    public void Arrived(TcpConnection connection)
    {
        _opening--;
        if (_isClosed)
        {
            connection.Abort();
            return;
        }

        _arrived.Enqueue(connection);
        _arrival.SetLater();
    }

    /// <summary>A handshake has failed.</summary>
    public void GaveUp() => _opening--;

    public async ValueTask<ByteStream> AcceptAsync(CancellationToken cancellationToken)
    {
        await _loop.Switch();
        while (true)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_arrived.TryDequeue(out var connection))
            {
                return new SimulatedByteStream(connection, _loop);
            }

            await _arrival.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _loop.Switch();
        host.Streams.Close(this);
        Die();
    }

    /// <summary>It is gone, and so is everybody who waits in its backlog.</summary>
    public void Die()
    {
        _isClosed = true;
        while (_arrived.TryDequeue(out var connection))
        {
            connection.Abort();
        }

        _arrival.SetLater();
    }
}
