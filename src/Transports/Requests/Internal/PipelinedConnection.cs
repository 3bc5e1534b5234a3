namespace Transports.Requests;

/// <summary>One connection of a pipeline, and the requests whose replies it owes, in order.</summary>
/// <remarks>The state is read and changed under the lock of the exchange.</remarks>
internal sealed class PipelinedConnection(IConnection connection, TimeProvider timeProvider)
{
    private long _silentSince;

    public IConnection Inner { get; } = connection;

    /// <summary>Sent, or being sent, and not yet answered; the next reply belongs to the first.</summary>
    public PendingRequestList Awaiting { get; } = new();

    public bool HasStarted { get; set; }

    public bool HasAnswered { get; private set; }

    /// <summary>How long the peer has said nothing although it owed a reply.</summary>
    public TimeSpan Silence => Awaiting.Count == 0 ? TimeSpan.Zero : timeProvider.GetElapsedTime(_silentSince);

    public void Expect(PendingRequest request)
    {
        if (Awaiting.Count == 0)
        {
            _silentSince = timeProvider.GetTimestamp();
        }

        Awaiting.Add(request);
    }

    public void Answered()
    {
        HasAnswered = true;
        _silentSince = timeProvider.GetTimestamp();
    }
}
