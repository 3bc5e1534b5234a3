using System.Net;

namespace Transports;

/// <summary>A place where peers are welcomed. All members may be called from any thread.</summary>
public interface IListener : IAsyncDisposable
{
    /// <summary>The endpoint really bound: a port of 0 has been replaced by the one that the system chose.</summary>
    EndPoint LocalEndPoint { get; }

    /// <summary>Ends when the listener has stopped; faults if its accept or receive loop died.</summary>
    Task Completion { get; }

    /// <summary>
    /// Stops in phases: takes nothing more in, lets what was read be handled and answered, flushes, closes.
    /// </summary>
    /// <param name="cancellationToken">
    /// The deadline: when it is cancelled, what is still open is aborted. Without one,
    /// <see cref="TransportOptions.DrainTimeout"/> is the deadline. Cancellation never makes this method throw.
    /// </param>
    ValueTask StopAsync(CancellationToken cancellationToken = default);
}
