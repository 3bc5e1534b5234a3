using System.Diagnostics;
using System.Globalization;

namespace Transports.Testing;

internal sealed partial class EventLoop
{
    /// <summary>
    /// Virtual time runs so much faster than real time where foreign threads may have something to say.
    /// </summary>
    private const long TimeLapse = 1000;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);

    private readonly List<LoopGoal> _goals = [];
    private TaskCompletionSource? _scenario;
    private Exception? _fault;
    private int _stepsWithoutProgress;
    private bool _isLongIdle;

    /// <summary>Whether somebody waits for something in particular, rather than for what may come.</summary>
    private bool IsDriven => _scenario is not null || _goals.Count > 0;

    /// <summary>Whether time moves when all work has come to rest.</summary>
    public bool IsMoving => _fault is null && (IsDriven || _settings.IsAutomatic);

    /// <summary>Runs until the goal is reached. From any thread.</summary>
    public Task<bool> RunAsync(LoopGoal goal)
    {
        Execute(() => AddGoal(goal));
        return goal.Ended;
    }

    /// <summary>Runs the test's code on the loop; time moves by itself, and exactly, until it has ended.</summary>
    public Task RunAsync(Func<Task> body)
    {
        var scenario = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(new LoopWork((SendOrPostCallback)(_ => StartScenario(scenario, body)), null, IsUser: true));
        return scenario.Task;
    }

    private void AddGoal(LoopGoal goal)
    {
        if (_fault is not null)
        {
            goal.Fail(_fault);
            return;
        }

        _goals.Add(goal);
    }

    private void StartScenario(TaskCompletionSource scenario, Func<Task> body)
    {
        if (_scenario is not null)
        {
            scenario.SetException(new InvalidOperationException("The network runs a scenario already."));
            return;
        }

        _scenario = scenario;
        _ = EndScenarioAsync(scenario, body);
    }

    private async Task EndScenarioAsync(TaskCompletionSource scenario, Func<Task> body)
    {
        try
        {
            // Captured on purpose: it ends on the loop, as it began.
            await body().ConfigureAwait(true);
            Stir();
            _scenario = null;
            scenario.TrySetResult();
        }
#pragma warning disable CA1031 // it goes to whoever awaits the scenario
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _scenario = null;
            scenario.TrySetException(exception);
        }
    }

    /// <summary>Does the next thing, or waits until there may be one.</summary>
    private void Advance()
    {
        var next = Math.Min(Agenda.NextTicks, _time.NextDueTicks);
        if (_fault is null && _goals.Count > 0 && EndGoals(next))
        {
            return;
        }

        if (_fault is null && IsDriven && next == long.MaxValue)
        {
            WaitForOthers();
        }
        else if (!IsMoving || next == long.MaxValue)
        {
            _isLongIdle = !Wait(ThreadIdleLimit);
        }
        else if (IsDriven || !MustPause(next, out var pause) || !Wait(pause))
        {
            Step();
        }
    }

    private void WaitForOthers()
    {
        if (!Wait(Debugger.IsAttached ? Timeout.InfiniteTimeSpan : _settings.StallTimeout))
        {
            Fail(new SimulationException(
                $"Nothing can ever happen any more, and the test still waits.\n{_settings.Report()}"));
        }
    }

    /// <summary>
    /// Outside a scenario the test's code runs where the loop cannot see it. It gets a moment to act before time jumps
    /// to a timer that it may be about to disarm.
    /// </summary>
    private bool MustPause(long next, out TimeSpan pause)
    {
        pause = TimeSpan.FromTicks((next - NowTicks) / TimeLapse);
        pause = pause < LongestPause ? pause : LongestPause;
        pause += TimeSpan.FromMilliseconds(1);
        return Agenda.Traffic == 0 && next > NowTicks;
    }

    private void Step()
    {
        foreach (var goal in _goals)
        {
            goal.StepsTaken++;
        }

        if (++_stepsWithoutProgress > _settings.MaxStepsWithoutProgress && IsDriven)
        {
            var count = _settings.MaxStepsWithoutProgress.ToString(CultureInfo.InvariantCulture);
            throw new SimulationException(
                $"{count} steps without the test's code getting a turn.\n{_settings.Report()}");
        }

        var ticks = Agenda.NextTicks;
        if (ticks <= _time.NextDueTicks)
        {
            _time.SkipTo(ticks);
            Agenda.Take().Happen();
        }
        else
        {
            Stir();
            _time.FireNext();
        }
    }

    /// <summary>Ends the goals that are reached now; when the clock must stop for one, stops it.</summary>
    private bool EndGoals(long next)
    {
        var isIdle = Agenda.Traffic == 0 && next > NowTicks;
        var before = _goals.Count;
        var deadline = long.MaxValue;
        for (var index = _goals.Count - 1; index >= 0; index--)
        {
            var goal = _goals[index];
            if (goal.IsOutOfSteps || (goal.UntilIdle && isIdle) || IsMet(goal.Condition))
            {
                End(goal, reached: true);
            }
            else if (goal.Steps > 0 && next == long.MaxValue)
            {
                End(goal, reached: false);
            }
            else
            {
                deadline = Math.Min(deadline, goal.DeadlineTicks);
            }
        }

        return _goals.Count < before || (deadline < next && EndGoalsAt(deadline));
    }

    private bool EndGoalsAt(long deadline)
    {
        _time.SkipTo(deadline);
        foreach (var goal in _goals.FindAll(goal => goal.DeadlineTicks == deadline))
        {
            End(goal, reached: goal.Condition is null);
        }

        return true;
    }

    private void End(LoopGoal goal, bool reached)
    {
        Stir();
        _goals.Remove(goal);
        goal.End(reached);
    }

    private bool IsMet(Func<bool>? condition)
    {
        if (condition is null)
        {
            return false;
        }

        using (new LoopScope(this, _userContext))
        {
            return condition();
        }
    }

    /// <summary>Nothing moves any more, and whoever waits is told why.</summary>
    private void Fail(Exception exception)
    {
        _fault ??= exception;
        foreach (var goal in _goals)
        {
            goal.Fail(exception);
        }

        _goals.Clear();
        _scenario?.TrySetException(exception);
        _scenario = null;
    }
}
