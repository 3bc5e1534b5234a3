using System.Threading.Tasks.Sources;

namespace Transports.Requests;

/// <summary>
/// One request on its way through the pipeline: queued, being sent, awaiting its reply, settled. Reused once it is in
/// no list and its caller has taken the result. Everything but the awaiting is done under the lock of its exchange.
/// </summary>
internal sealed class PendingRequest(PipelinedExchange exchange) : IValueTaskSource<RequestReply>
{
    /// <summary>Gives up the request that is the state: for the registration of its deadline.</summary>
    public static readonly Action<object?> GiveUp = static state =>
    {
        var request = (PendingRequest)state!;
        request.Exchange.GiveUp(request);
    };

    // Asynchronously: the receive loop must not run, and wait for, whatever the caller does with its reply.
    private ManualResetValueTaskSourceCore<RequestReply> _core = new() { RunContinuationsAsynchronously = true };
    private RequestReply _reply;
    private Exception? _error;

    public PipelinedExchange Exchange { get; } = exchange;

    public ReadOnlyMemory<byte> Payload { get; private set; }

    public bool Rented { get; private set; }

    public CancellationToken Deadline { get; private set; }

    /// <summary>The list that it stands in, which also means that it holds a slot.</summary>
    public PendingRequestList? List { get; set; }

    public PendingRequest? Next { get; set; }

    public PendingRequest? Previous { get; set; }

    /// <summary>Its fate is known. While it awaits its reply nevertheless, the reply will be dropped.</summary>
    public bool IsSettled { get; private set; }

    /// <summary>The connection reads <see cref="Payload"/>: the caller must not have its memory back yet.</summary>
    public bool IsSending { get; private set; }

    public ValueTask<RequestReply> Completion => new(this, _core.Version);

    public void Begin(ReadOnlyMemory<byte> payload, bool rented, CancellationToken deadline)
    {
        Payload = payload;
        Rented = rented;
        Deadline = deadline;
    }

    public void BeginSend() => IsSending = true;

    public void EndSend()
    {
        IsSending = false;
        if (IsSettled)
        {
            Publish();
        }
    }

    /// <summary>Only for one that was taken from its list unsettled: nobody else settles it then.</summary>
    public void Settle(RequestReply reply)
    {
        _reply = reply;
        Settle();
    }

    /// <summary>Does nothing when its fate is known already.</summary>
    public void Settle(Exception error)
    {
        if (!IsSettled)
        {
            _error = error;
            Settle();
        }
    }

    public void Reset()
    {
        _core.Reset();
        _reply = default;
        _error = null;
        IsSettled = false;
        Payload = default;
        Deadline = default;
    }

    public RequestReply GetResult(short token) => _core.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Settle()
    {
        IsSettled = true;
        if (!IsSending)
        {
            Publish();
        }
    }

    private void Publish()
    {
        if (!Continuations.TryQueue(static request => ((PendingRequest)request!).PublishNow(inline: true), this))
        {
            PublishNow(inline: false);
        }
    }

    private void PublishNow(bool inline)
    {
        _core.RunContinuationsAsynchronously = !inline;
        if (_error is { } error)
        {
            _core.SetException(error);
        }
        else
        {
            _core.SetResult(_reply);
        }
    }
}
