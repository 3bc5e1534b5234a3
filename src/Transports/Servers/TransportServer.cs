using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Transports;

/// <summary>One message handler on any number of endpoints: started, stopped and watched as a whole.</summary>
/// <remarks>
/// <para>Needs neither a host nor a container:</para>
/// <code>
/// await using var server = TransportServer.Create("uppercase", server => server
///     .ListenTcp(12000)
///     .Handle(MessageHandler.FromText(text => text.ToUpperInvariant())));
/// await server.StartAsync();
/// </code>
/// <para>All members may be called from any thread. A stopped server may be started again.</para>
/// </remarks>
public sealed class TransportServer : IAsyncDisposable, IDisposable
{
    private readonly Lock _gate = new();
    private readonly IMessageHandler _handler;
    private ImmutableArray<TransportEndpoint> _endpoints;
    private ServerRun? _run;
    private bool _disposed;

    /// <summary>Makes a server that does not listen yet.</summary>
    /// <param name="name">Names it in configuration, health and errors.</param>
    /// <param name="endpoints">Where to listen; see <see cref="Endpoints"/>.</param>
    /// <param name="handler">
    /// Handles the messages of all endpoints; may also be an <see cref="IConnectionObserver"/>.
    /// </param>
    public TransportServer(string name, IEnumerable<TransportEndpoint> endpoints, IMessageHandler handler)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(handler);
        Name = name;
        _endpoints = [.. endpoints];
        _handler = handler;
    }

    /// <summary>Makes a server without a container.</summary>
    /// <param name="name">Names it in configuration, health and errors.</param>
    /// <param name="configure">Says where it listens and what it does with messages.</param>
    /// <param name="loggerFactory">Where its transports log; null logs nowhere.</param>
    /// <param name="timeProvider">The clock of its transports; null is the system's.</param>
    /// <exception cref="InvalidOperationException">There is no handler, or something needs a container.</exception>
    public static TransportServer Create(
        string name,
        Action<TransportServerBuilder> configure,
        ILoggerFactory? loggerFactory = null,
        TimeProvider? timeProvider = null)
    {
        var builder = new TransportServerBuilder(name, services: null);
        builder.Configure(configure);
        return builder.Build(new StandaloneServices(loggerFactory, timeProvider));
    }

    /// <summary>Names the server in configuration, health and errors.</summary>
    public string Name { get; }

    /// <summary>Where it listens once started, in this order. Can be set while it is stopped.</summary>
    /// <exception cref="InvalidOperationException">Set while the server is not stopped.</exception>
    public IReadOnlyList<TransportEndpoint> Endpoints
    {
        get
        {
            lock (_gate)
            {
                return _endpoints;
            }
        }

        set
        {
            ArgumentNullException.ThrowIfNull(value);
            lock (_gate)
            {
                ThrowUnlessStopped();
                _endpoints = [.. value];
            }
        }
    }

    /// <summary>What it is doing.</summary>
    public TransportServerState State => Run?.State ?? TransportServerState.Stopped;

    /// <summary>The running listeners, in the order of <see cref="Endpoints"/>; empty unless all of them run.</summary>
    public IReadOnlyList<ServerListener> Listeners => Run?.Listeners ?? [];

    /// <summary>
    /// Why the server does not do what it should: the last start failed, or a listener died. Null if all is well; a
    /// new start forgets it.
    /// </summary>
    public Exception? Fault => Run?.Fault;

    /// <summary>
    /// Ends when the run that is under way has stopped; faults as soon as one of its listeners dies, though the others
    /// go on. Ended if the server is stopped.
    /// </summary>
    public Task Completion => Run?.Completion ?? Task.CompletedTask;

    /// <summary>How it looks after its load; null for not at all.</summary>
    internal OverloadSetup? Overload { get; init; }

    private ServerRun? Run
    {
        get
        {
            lock (_gate)
            {
                return _run;
            }
        }
    }

    /// <summary>Starts to listen on all endpoints, or on none: if one fails, those already bound are stopped.</summary>
    /// <param name="cancellationToken">Gives up the attempt; has no effect once the server runs.</param>
    /// <exception cref="AddressInUseException">Somebody listens there already; the message names it.</exception>
    /// <exception cref="TransportException">An endpoint cannot be bound; the message names it.</exception>
    /// <exception cref="InvalidOperationException">It is not stopped, or it has no endpoint.</exception>
    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        ServerRun run;
        lock (_gate)
        {
            ThrowUnlessStopped();
            if (_endpoints.IsEmpty)
            {
                throw new InvalidOperationException($"Server '{Name}' has no endpoint to listen on.");
            }

            run = _run = new ServerRun(Name, _endpoints, _handler, Overload);
        }

        return run.StartAsync(cancellationToken);
    }

    /// <summary>
    /// Stops all listeners at once, in phases: takes nothing more in, lets what was read be handled and answered,
    /// flushes, closes. Gives up a start that is under way. Does nothing if the server is stopped.
    /// </summary>
    /// <param name="cancellationToken">
    /// The deadline: when it is cancelled, what is still open is aborted. Without one,
    /// <see cref="TransportOptions.DrainTimeout"/> is the deadline. Cancellation never makes this method throw.
    /// </param>
    public Task StopAsync(CancellationToken cancellationToken = default) =>
        Run?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Stops the server for good, with <see cref="TransportOptions.DrainTimeout"/> as the deadline.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        await StopAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Stops the server for good and aborts what is still open. Blocks: it is here for containers that are disposed
    /// synchronously; prefer <see cref="DisposeAsync"/>.
    /// </summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        StopAsync(new CancellationToken(canceled: true)).GetAwaiter().GetResult();
    }

    /// <summary>Name and state.</summary>
    public override string ToString() => $"{Name} ({State})";

    private void ThrowUnlessStopped()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_run is { State: not TransportServerState.Stopped } run)
        {
            throw new InvalidOperationException($"Server '{Name}' is {run.State}: stop it first.");
        }
    }
}
