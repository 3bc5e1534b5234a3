namespace Transports;

/// <summary>
/// A stream whose receive loop can wait without a state machine and be stopped without a token: both would be a good
/// part of what an idle connection holds.
/// </summary>
internal interface IStopsReceiving
{
    /// <summary>Lets every wait for data complete from now on, until a receive with a token has waited.</summary>
    void StopReceiving();

    /// <summary>
    /// Receives what there is. False when there is nothing, whatever was heard of it: then the wait for data goes on,
    /// and no buffer is held for it.
    /// </summary>
    bool TryReceive(Span<byte> buffer, out int count);

    /// <summary>
    /// Goes on when the wait for data that has just begun ends, in place of an await: so the receive loop need not be
    /// held while it waits.
    /// </summary>
    void ContinueAfterWait(Action<object?> continuation, object state);
}
