using System.Net;
using Transports.Framing;

namespace Transports.Operations.Tests.Telemetry;

/// <summary>Fails to accept once, and then accepts nobody.</summary>
internal sealed class FailingTransport()
    : ByteStreamTransport("failing", new TcpTransportOptions(), MessageFraming.Lines)
{
    protected override ValueTask<IByteStreamListener> BindAsync(
        EndPoint localEndPoint, CancellationToken cancellationToken) => new(new Listener(localEndPoint));

    protected override ValueTask<ByteStream> OpenAsync(EndPoint remoteEndPoint, CancellationToken cancellationToken) =>
        throw new ConnectionFailedException("Nobody listens.");

    private sealed class Listener(EndPoint endPoint) : IByteStreamListener
    {
        private bool _hasFailed;

        public EndPoint LocalEndPoint => endPoint;

        public async ValueTask<ByteStream> AcceptAsync(CancellationToken cancellationToken)
        {
            if (!_hasFailed)
            {
                _hasFailed = true;
                throw new TransportException("Too many open files.");
            }

            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new OperationCanceledException(cancellationToken);
        }

        public ValueTask DisposeAsync() => default;
    }
}
