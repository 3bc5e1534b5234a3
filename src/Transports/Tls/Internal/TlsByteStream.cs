using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;

namespace Transports;

/// <summary>
/// TLS over another stream. All of its cryptography is <see cref="SslStream"/>'s; what is added is the difference
/// between an end and a truncation.
/// </summary>
internal sealed class TlsByteStream(ByteStream inner, SslStream tls, ByteStreamAdapter adapter, TlsSession session)
    : ByteStream, IReceivesRecords
{
    public override EndPoint LocalEndPoint => inner.LocalEndPoint;

    public override EndPoint RemoteEndPoint => inner.RemoteEndPoint;

    internal override IPAddress? RemoteAddress => inner.RemoteAddress;

    public override TlsSession Tls => session;

    public long UnfinishedSince(out int bytes) => adapter.Records.UnfinishedSince(out bytes);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WaitForDataAsync(CancellationToken cancellationToken)
    {
        try
        {
            await tls.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsViolation(exception))
        {
            throw Failed(exception);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            var count = await tls.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);

            // TLS ends with a close_notify of its own, before the stream below does. Without it anybody on the way may
            // have ended the stream, and what was received may not be all that was sent (RFC 8446, 6.1).
            return count > 0 || !adapter.HasEnded
                ? count
                : throw new ConnectionClosedException(CloseReason.TlsTruncated);
        }
        catch (Exception exception) when (IsViolation(exception))
        {
            throw Failed(exception);
        }
    }

    public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => tls.WriteAsync(bytes, CancellationToken.None);

    public override async ValueTask CompleteSendsAsync()
    {
        await tls.ShutdownAsync().ConfigureAwait(false);
        await inner.CompleteSendsAsync().ConfigureAwait(false);
    }

    public override void Abort() => inner.Abort();

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await tls.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            await inner.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// A record that cannot be decrypted, an alert, an end in the middle of a record; not what the stream below said.
    /// </summary>
    private static bool IsViolation(Exception exception) => exception is AuthenticationException
        || (exception is IOException and not TransportException
            && exception.InnerException is not (SocketException or ObjectDisposedException));

    private ConnectionClosedException Failed(Exception exception) => adapter.HasEnded
        ? new ConnectionClosedException(CloseReason.TlsTruncated, exception.Message, exception)
        : new ConnectionClosedException(CloseReason.TlsFailed, exception.Message, exception);
}
