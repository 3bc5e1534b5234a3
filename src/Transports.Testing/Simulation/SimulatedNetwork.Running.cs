namespace Transports.Testing;

public sealed partial class SimulatedNetwork
{
    /// <summary>
    /// Runs a test's code on the network's own thread, where every await comes back to: time moves by itself, exactly
    /// when all work has come to rest, and the same seed gives the same run.
    /// </summary>
    /// <remarks>
    /// Awaits with <c>ConfigureAwait(false)</c>, and <c>Task.Run</c>, leave that thread for the thread pool. Time waits
    /// for such work too, but in what order it runs nobody decides. Never block: <c>.Result</c> waits for ever.
    /// </remarks>
    /// <exception cref="SimulationException">
    /// Nothing can ever happen any more, or too much without any progress; the message says who waits on what.
    /// </exception>
    public Task RunAsync(Func<Task> scenario)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        return Loop.RunAsync(scenario);
    }

    /// <summary>Lets the next packet arrive or the next timer fire, and all work that follows come to rest.</summary>
    /// <returns>False when nothing can happen any more.</returns>
    public Task<bool> StepAsync() => Loop.RunAsync(new LoopGoal { Steps = 1 });

    /// <summary>
    /// Runs until all work has come to rest and no packet is under way. Timers that fall due meanwhile fire; armed ones
    /// do not count as work.
    /// </summary>
    public Task WhenIdleAsync() => Loop.RunAsync(new LoopGoal { UntilIdle = true });

    /// <summary>Runs for a span of virtual time. The clock has then moved by exactly that.</summary>
    public Task RunForAsync(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        return Loop.RunAsync(new LoopGoal { DeadlineTicks = Loop.NowTicks + time.Ticks });
    }

    /// <summary>Runs until a condition holds, which is looked at after every step.</summary>
    /// <param name="condition">Must not wait.</param>
    /// <param name="within">How much virtual time it may take; null is no limit.</param>
    /// <exception cref="TimeoutException">It did not hold in time.</exception>
    /// <exception cref="SimulationException">
    /// Nothing can ever happen any more, or too much without any progress; the message says who waits on what.
    /// </exception>
    public async Task RunUntilAsync(Func<bool> condition, TimeSpan? within = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var goal = new LoopGoal
        {
            Condition = condition,
            DeadlineTicks = within is { } time ? Loop.NowTicks + time.Ticks : long.MaxValue,
        };

        // Captured on purpose: a scenario that waits here goes on on its own thread.
        if (!await Loop.RunAsync(goal).ConfigureAwait(true))
        {
            throw new TimeoutException($"The condition did not hold within {within}.\n{ToSnapshot()}");
        }
    }
}
