using System.Net;
using System.Threading.Channels;

namespace Transports.Tests.Requests;

/// <summary>A transport that does just what a test says.</summary>
internal sealed class ScriptedTransport : ITransport
{
    private static int _last;

    private readonly Channel<ScriptedConnection> _connections = Channel.CreateUnbounded<ScriptedConnection>();
    private int _attempts;

    public ScriptedTransport(bool isReliable, bool preservesBoundaries = true)
    {
        var scheme = $"scripted{Interlocked.Increment(ref _last)}";
        Capabilities = new TransportCapabilities(
            scheme, preservesBoundaries, isReliable, isReliable, isReliable, MaxMessageBytes: 1000);
    }

    public static EndPoint Remote { get; } = new IPEndPoint(IPAddress.Loopback, 7);

    public TransportCapabilities Capabilities { get; }

    public int Attempts => Volatile.Read(ref _attempts);

    /// <summary>Called before each attempt, with its number from 1; may wait or throw.</summary>
    public Func<int, CancellationToken, Task>? Connecting { get; set; }

    /// <summary>Called with each new connection before it is used.</summary>
    public Action<ScriptedConnection>? Connected { get; set; }

    /// <summary>Says which port the connection of an attempt gets; without it each has its own.</summary>
    public Func<int, int>? NextPort { get; set; }

    /// <summary>The next connection that was made.</summary>
    public Task<ScriptedConnection> NextConnectionAsync() => _connections.Reader.ReadAsync().AsTask().Soon();

    public bool TryNextConnection(out ScriptedConnection? connection) => _connections.Reader.TryRead(out connection);

    public async ValueTask<IConnection> ConnectAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken = default)
    {
        var attempt = Interlocked.Increment(ref _attempts);
        if (Connecting is { } connecting)
        {
            await connecting(attempt, cancellationToken);
        }

        var port = NextPort?.Invoke(attempt) ?? attempt;
        var connection = new ScriptedConnection(new IPEndPoint(IPAddress.Loopback, port));
        Connected?.Invoke(connection);
        _connections.Writer.TryWrite(connection);
        return connection;
    }

    public ValueTask<IListener> ListenAsync(
        EndPoint localEndPoint, IMessageHandler handler, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();
}
