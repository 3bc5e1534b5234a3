using System.Net;
using System.Runtime.CompilerServices;

namespace Transports.Requests;

/// <summary>
/// Requests over a transport that loses, doubles and reorders: each is sent again until its reply comes, over a socket
/// that no other request ever uses.
/// </summary>
/// <remarks>
/// The fresh socket is what keeps replies apart: a late or doubled one goes to a port where nobody listens any more.
/// Reusing a socket, even one whose only transmission was answered, would take a reply that the network doubled for the
/// answer to the next request; see docs/decisions/010.
/// </remarks>
internal sealed class DatagramExchange(
    ITransport transport,
    EndPoint remote,
    RequestClientOptions options,
    RequestTelemetry telemetry,
    TimeProvider timeProvider) : RequestExchange
{
    private readonly FreshSockets _sockets = new(transport, remote);
    private readonly RequestSlots _slots = new(options.MaxConcurrentRequests);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<RequestReply> ExchangeAsync(
        ReadOnlyMemory<byte> request, bool rented, CancellationToken deadline)
    {
        await _slots.WaitAsync(deadline).ConfigureAwait(false);
        try
        {
            // The slot may have come just as the deadline passed.
            deadline.ThrowIfCancellationRequested();
            var attempt = new DatagramAttempts(_sockets, options, telemetry, timeProvider);
            await using (attempt.ConfigureAwait(false))
            {
                var reply = await attempt.RunAsync(request, deadline).ConfigureAwait(false);
                return RequestReply.Copy(reply.Span, rented);
            }
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>All deadlines have been cancelled: once every slot is free, every socket is closed.</summary>
    public override async ValueTask DisposeAsync()
    {
        for (var slot = 0; slot < options.MaxConcurrentRequests; slot++)
        {
            await _slots.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }
}
