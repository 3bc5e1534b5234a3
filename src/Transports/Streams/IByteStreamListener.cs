using System.Net;

namespace Transports;

/// <summary>Where streams of peers arrive: the welcoming socket. Disposed of when no accept is pending.</summary>
public interface IByteStreamListener : IAsyncDisposable
{
    /// <summary>The endpoint really bound.</summary>
    EndPoint LocalEndPoint { get; }

    /// <summary>Waits for the next peer. One call is pending at a time.</summary>
    /// <param name="cancellationToken">Ends the wait with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="TransportException">
    /// This attempt failed; the caller backs off and tries again. Any other exception ends the listener.
    /// </exception>
    ValueTask<ByteStream> AcceptAsync(CancellationToken cancellationToken);
}
