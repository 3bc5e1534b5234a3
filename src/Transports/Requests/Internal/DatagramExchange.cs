using System.Net;
using System.Runtime.CompilerServices;

namespace Transports.Requests;

/// <summary>
/// Requests over a transport that loses, doubles and reorders: each is sent again until its reply comes, over a socket
/// that no other request ever uses.
/// </summary>
/// <remarks>
/// The fresh socket is what keeps replies apart: a late or doubled one goes to a port where nobody waits for it.
/// Reusing a socket, even one whose only transmission was answered, would take a reply that the network doubled for the
/// answer to the next request; see docs/decisions/010.
/// </remarks>
internal sealed class DatagramExchange : RequestExchange
{
    private readonly RequestClientOptions _options;
    private readonly RequestTelemetry _telemetry;
    private readonly TimeProvider _timeProvider;
    private readonly RetiredSockets _retired;
    private readonly FreshSockets _sockets;
    private readonly RequestSlots _slots;

    public DatagramExchange(
        ITransport transport,
        EndPoint remote,
        RequestClientOptions options,
        RequestTelemetry telemetry,
        TimeProvider timeProvider)
    {
        (_options, _telemetry, _timeProvider) = (options, telemetry, timeProvider);
        _retired = new RetiredSockets(options, telemetry, timeProvider);
        _sockets = new FreshSockets(transport, remote);
        _slots = new RequestSlots(options.MaxConcurrentRequests);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<RequestReply> ExchangeAsync(
        ReadOnlyMemory<byte> request, bool rented, CancellationToken deadline)
    {
        await _slots.WaitAsync(deadline).ConfigureAwait(false);
        try
        {
            // The slot may have come just as the deadline passed.
            deadline.ThrowIfCancellationRequested();
            var attempt = new DatagramAttempts(_sockets, _retired, _options, _telemetry, _timeProvider);
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

    /// <summary>All deadlines have been cancelled: once every slot is free, only retired sockets are left.</summary>
    public override async ValueTask DisposeAsync()
    {
        for (var slot = 0; slot < _options.MaxConcurrentRequests; slot++)
        {
            await _slots.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        }

        await _retired.DisposeAsync().ConfigureAwait(false);
    }
}
