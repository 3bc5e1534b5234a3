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
    private readonly ReactorGroup? _reactors;

    /// <summary>Makes the transport; nothing is opened yet.</summary>
    /// <param name="options">Framing and limits; a copy is taken.</param>
    /// <param name="loggerFactory">Where it logs; null logs nowhere.</param>
    /// <param name="timeProvider">Its clock; null is the system's.</param>
    /// <exception cref="ArgumentException">An option has a value that cannot be.</exception>
    /// <exception cref="PlatformNotSupportedException">The reactor was asked for and cannot run here.</exception>
    public TcpTransport(
        TcpTransportOptions options, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
        : base("tcp", options, options?.Framing!, loggerFactory, timeProvider)
    {
        _options = (TcpTransportOptions)options!.Snapshot();
        _timeProvider = timeProvider ?? TimeProvider.System;
        _reactors = DriverChoice.Make(_options.Driver, _options.ReactorThreads, Logger);
    }

    /// <inheritdoc/>
    protected override bool StartsInline => _reactors is not null;

    /// <inheritdoc/>
    protected override ValueTask<IByteStreamListener> BindAsync(
        EndPoint localEndPoint, CancellationToken cancellationToken) =>
        new(_reactors is null
            ? new SocketByteStreamListener(SocketFactory.Listen(localEndPoint, _options), _options, _timeProvider)
            : new ReactorByteStreamListener(SocketFactory.Listen(localEndPoint, _options), _options, _reactors));

    /// <inheritdoc/>
    protected override async ValueTask<ByteStream> OpenAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken)
    {
        if (_reactors is not null)
        {
            return await ReactorConnector.ConnectAsync(remoteEndPoint, _options, _reactors.Next(), cancellationToken)
                .ConfigureAwait(false);
        }

        var socket = await SocketFactory.ConnectAsync(remoteEndPoint, _options, cancellationToken)
            .ConfigureAwait(false);
        return new SocketByteStream(socket, remoteEndPoint, _timeProvider);
    }
}
