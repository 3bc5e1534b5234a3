using System.Net;

namespace Transports;

/// <summary>A conversation with one peer.</summary>
/// <remarks>
/// <para>
/// Any number of threads may send at once: messages never interleave. One receive may be pending at a time.
/// </para>
/// <para>
/// A connection that a listener accepted hands its messages to the listener's handler; receiving from it is an
/// <see cref="InvalidOperationException"/>.
/// </para>
/// </remarks>
public interface IConnection : IAsyncDisposable
{
    /// <summary>Names this connection in logs and traces; unique within the process.</summary>
    string Id { get; }

    /// <summary>This side's endpoint.</summary>
    EndPoint LocalEndPoint { get; }

    /// <summary>The peer's endpoint. An IPv4 address that arrived mapped into IPv6 is given as IPv4.</summary>
    EndPoint RemoteEndPoint { get; }

    /// <summary>What TLS agreed on, the peer's certificate included; null where there is no TLS.</summary>
    TlsSession? Tls => null;

    /// <summary>Ends when the connection has ended, with the first cause. Never faults.</summary>
    Task<CloseReason> Completion { get; }

    /// <summary>Sends one message.</summary>
    /// <param name="message">The payload; it is copied or sent before the task ends.</param>
    /// <param name="cancellationToken">Gives up waiting for room; the message is then not sent.</param>
    /// <returns>
    /// A task that ends once the message is in the output buffer: at once below the high-water mark, else when the
    /// peer has taken enough. It does not say that the peer has read the message.
    /// </returns>
    /// <exception cref="MessageTooLongException">
    /// The message is over the limit; the connection stays usable.
    /// </exception>
    /// <exception cref="ConnectionClosedException">The connection has ended.</exception>
    /// <exception cref="ArgumentException">
    /// The framing cannot carry this message: it contains the delimiter, or has the wrong size.
    /// </exception>
    ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default);

    /// <summary>Receives the next message.</summary>
    /// <param name="cancellationToken">Gives up waiting; the next receive then gets the message.</param>
    /// <returns>The payload, valid until the next receive begins or the connection is disposed.</returns>
    /// <exception cref="ConnectionClosedException">The connection has ended and no message is left.</exception>
    /// <exception cref="InvalidOperationException">
    /// A receive is pending already, or this connection's messages go to a handler.
    /// </exception>
    ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken = default);

    /// <summary>Receives all messages; ends at an orderly close by either side.</summary>
    /// <param name="cancellationToken">Gives up waiting; a later receive then gets the message.</param>
    /// <returns>The payloads, each valid until the next is asked for.</returns>
    /// <exception cref="ConnectionClosedException">The connection ended in any other way.</exception>
    /// <exception cref="InvalidOperationException">As for <see cref="ReceiveAsync"/>.</exception>
    IAsyncEnumerable<ReadOnlyMemory<byte>> ReceiveAllAsync(CancellationToken cancellationToken = default);

    /// <summary>Ends the connection now: what was not yet sent is lost, and the peer sees a reset.</summary>
    void Abort();
}
