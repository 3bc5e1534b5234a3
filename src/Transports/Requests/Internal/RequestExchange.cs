namespace Transports.Requests;

/// <summary>How a request gets its reply over one kind of transport.</summary>
internal abstract class RequestExchange : IAsyncDisposable
{
    /// <summary>Sends a request and waits for its reply. The request is not read once the task has ended.</summary>
    /// <param name="request">The payload.</param>
    /// <param name="rented">The reply's buffer is to be rented.</param>
    /// <param name="deadline">
    /// Cancelled when the request is given up: time-out, cancellation by the caller, or the client's disposal. Ends the
    /// task with <see cref="OperationCanceledException"/>, whose inner exception is the last error met, if any.
    /// </param>
    public abstract ValueTask<RequestReply> ExchangeAsync(
        ReadOnlyMemory<byte> request, bool rented, CancellationToken deadline);

    /// <summary>Closes everything. Called once, when all deadlines have been cancelled.</summary>
    public abstract ValueTask DisposeAsync();
}
