namespace Transports;

/// <summary>What a receive loop hands on to, batch after batch.</summary>
internal interface IBatchHandler
{
    /// <summary>See <see cref="Lead.Dispatching"/>; 0 for ever where nothing can block.</summary>
    long Dispatching => 0;

    /// <summary>Handles the first slots of the batch.</summary>
    /// <returns>False when the lead was taken from the thread that asked: another goes on with the loop.</returns>
    ValueTask<bool> HandleAsync(int count);

    /// <summary>Takes the lead from the thread that is stuck in that dispatch.</summary>
    /// <returns>False when it is not stuck any more, or there is nothing to be gained by it.</returns>
    bool TryTakeLead(long dispatch) => false;

    /// <summary>
    /// Handles what the thread that led before had received and not handled yet: nothing, at first.
    /// </summary>
    /// <returns>As <see cref="HandleAsync"/>.</returns>
    ValueTask<bool> ResumeAsync() => new(true);
}
