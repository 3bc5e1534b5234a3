using System.Net;
using Microsoft.Extensions.Logging;

namespace Transports;

/// <summary>
/// Messages over TCP (RFC 9293), on IPv4, IPv6 or both; also over Unix domain sockets, with a
/// <see cref="System.Net.Sockets.UnixDomainSocketEndPoint"/>.
/// </summary>
/// <remarks>Reliable and in order; <see cref="TcpTransportOptions.Framing"/> tells messages apart.</remarks>
public sealed class TcpTransport : ByteStreamTransport
{
    private readonly TcpTransportOptions _options;
    private readonly TimeProvider _timeProvider;

    /// <summary>Makes the transport; nothing is opened yet.</summary>
    /// <param name="options">Framing and limits; a copy is taken.</param>
    /// <param name="loggerFactory">Where it logs; null logs nowhere.</param>
    /// <param name="timeProvider">Its clock; null is the system's.</param>
    /// <exception cref="ArgumentException">An option has a value that cannot be.</exception>
    public TcpTransport(
        TcpTransportOptions options, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
        : base("tcp", options, options?.Framing!, loggerFactory, timeProvider)
    {
        _options = (TcpTransportOptions)options!.Snapshot();
        _timeProvider = timeProvider ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    protected override ValueTask<IByteStreamListener> BindAsync(
        EndPoint localEndPoint, CancellationToken cancellationToken) =>
        new(SocketByteStreamListener.Bind(localEndPoint, _options, _timeProvider));

    /// <inheritdoc/>
    protected override async ValueTask<ByteStream> OpenAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken)
    {
        var socket = await SocketFactory.ConnectAsync(remoteEndPoint, _options, cancellationToken)
            .ConfigureAwait(false);
        return new SocketByteStream(socket, remoteEndPoint, _timeProvider);
    }
}
