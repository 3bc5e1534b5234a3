namespace Transports.Testing;

/// <summary>Something that the loop is to run for, until it is reached.</summary>
internal sealed class LoopGoal
{
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The clock stands still when it shows this.</summary>
    public long DeadlineTicks { get; init; } = long.MaxValue;

    /// <summary>What is waited for; asked after every step.</summary>
    public Func<bool>? Condition { get; init; }

    /// <summary>Whether it is reached when no packet is under way.</summary>
    public bool UntilIdle { get; init; }

    /// <summary>So many steps and no more; zero is no limit.</summary>
    public int Steps { get; init; }

    /// <summary>How many steps were taken for it.</summary>
    public int StepsTaken { get; set; }

    public bool IsOutOfSteps => Steps > 0 && StepsTaken >= Steps;

    public Task<bool> Ended => _ended.Task;

    /// <summary>Ends it; <paramref name="reached"/> is false when it can never be reached, or not in time.</summary>
    public void End(bool reached) => _ended.TrySetResult(reached);

    public void Fail(Exception exception) => _ended.TrySetException(exception);
}
