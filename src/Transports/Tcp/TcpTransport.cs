using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Transports.Diagnostics;

namespace Transports;

/// <summary>
/// Messages over TCP (RFC 9293), on IPv4, IPv6 or both; also over Unix domain sockets, with a
/// <see cref="System.Net.Sockets.UnixDomainSocketEndPoint"/>; in the clear or over TLS (RFC 8446).
/// </summary>
/// <remarks>Reliable and in order; <see cref="TcpTransportOptions.Framing"/> tells messages apart.</remarks>
public sealed class TcpTransport : ByteStreamTransport
{
    private readonly TcpTransportOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ReactorGroup? _reactors;

    /// <summary>Makes the transport; nothing is opened yet.</summary>
    /// <param name="options">Framing and limits; null takes the defaults, otherwise a copy is taken.</param>
    /// <param name="loggerFactory">Where it logs; null logs nowhere.</param>
    /// <param name="timeProvider">Its clock; null is the system's.</param>
    /// <exception cref="ArgumentException">An option has a value that cannot be.</exception>
    /// <exception cref="PlatformNotSupportedException">The reactor was asked for and cannot run here.</exception>
    public TcpTransport(
        TcpTransportOptions? options = null, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
        : base(
            (options ??= new TcpTransportOptions()).HasTls ? "tls" : "tcp",
            options,
            options.Framing,
            loggerFactory,
            timeProvider)
    {
        _options = (TcpTransportOptions)options.Snapshot();
        _timeProvider = timeProvider ?? TimeProvider.System;
        _reactors = DriverChoice.Make(_options.Driver, _options.ReactorThreads, Logger);
        if (_reactors is { GatheringObstacle: var obstacle })
        {
            TransportLog.SendsGathered(Logger, obstacle is null, obstacle ?? "io_uring");
        }
    }

    /// <inheritdoc/>
    protected override bool StartsInline => _reactors is not null;

    /// <summary>False where there is TLS, but not for listeners: what was meant to be safe must not be plain.</summary>
    internal bool CanListen => !_options.HasTls || _options.HasServerTls;

    private protected override IStreamAdmission? Admission =>
        _options.HasServerTls || _options.TrustedProxies.Count > 0 ? new TcpAdmission(_options, _timeProvider) : null;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The transport has TLS for its clients alone.</exception>
    protected override ValueTask<IByteStreamListener> BindAsync(
        EndPoint localEndPoint, CancellationToken cancellationToken)
    {
        if (!CanListen)
        {
            throw new InvalidOperationException(
                $"TLS is set for clients alone: to listen, set {nameof(TcpTransportOptions.ServerTls)} too.");
        }

        var socket = SocketFactory.Listen(localEndPoint, _options);
        return new(_reactors is null
            ? new SocketByteStreamListener(socket, _options, _timeProvider)
            : new ReactorByteStreamListener(socket, _options, _reactors));
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The transport has TLS for its listeners alone.</exception>
    protected override async ValueTask<ByteStream> OpenAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken)
    {
        if (!_options.HasTls)
        {
            return await OpenPlainAsync(remoteEndPoint, cancellationToken).ConfigureAwait(false);
        }

        if (_options.ClientTls is null)
        {
            throw new InvalidOperationException(
                $"TLS is set for listeners alone: to connect, set {nameof(TcpTransportOptions.ClientTls)} too.");
        }

        var plain = await OpenPlainAsync(remoteEndPoint, cancellationToken).ConfigureAwait(false);
        return await TlsHandshake.ConnectAsync(plain, remoteEndPoint, _options, _timeProvider, cancellationToken)
            .ConfigureAwait(false);
    }

    private async ValueTask<ByteStream> OpenPlainAsync(EndPoint remoteEndPoint, CancellationToken cancellationToken)
    {
        if (_reactors is not null)
        {
            return await ReactorConnector.ConnectAsync(remoteEndPoint, _options, _reactors.Next(), cancellationToken)
                .ConfigureAwait(false);
        }

        var socket = await SocketFactory.ConnectAsync(remoteEndPoint, _options, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            return new SocketByteStream(socket, remoteEndPoint, _timeProvider);
        }
        catch (SocketException exception)
        {
            // Reset as soon as it was accepted: such a socket does not know its peer any more.
            socket.Dispose();
            throw SocketErrors.OnConnect(exception, remoteEndPoint);
        }
    }
}
