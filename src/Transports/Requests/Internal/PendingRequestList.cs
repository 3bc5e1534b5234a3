namespace Transports.Requests;

/// <summary>A queue of requests from which any can be taken at once; it allocates nothing. Not thread-safe.</summary>
internal sealed class PendingRequestList
{
    private PendingRequest? _last;

    public PendingRequest? First { get; private set; }

    public int Count { get; private set; }

    public void Add(PendingRequest request)
    {
        request.List = this;
        request.Previous = _last;
        if (_last is null)
        {
            First = request;
        }
        else
        {
            _last.Next = request;
        }

        _last = request;
        Count++;
    }

    public void Remove(PendingRequest request)
    {
        if (request.Previous is { } previous)
        {
            previous.Next = request.Next;
        }
        else
        {
            First = request.Next;
        }

        if (request.Next is { } next)
        {
            next.Previous = request.Previous;
        }
        else
        {
            _last = request.Previous;
        }

        request.List = null;
        request.Next = null;
        request.Previous = null;
        Count--;
    }
}
