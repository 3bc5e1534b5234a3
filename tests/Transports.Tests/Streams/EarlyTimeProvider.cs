using Transports.Testing;

namespace Transports.Tests.Streams;

/// <summary>A clock whose timers fire before its timestamps say so, as those of the system may.</summary>
internal sealed class EarlyTimeProvider : TimeProvider
{
    public VirtualTimeProvider Clock { get; } = new();

    public TimeSpan Lag { get; set; }

    public override long TimestampFrequency => Clock.TimestampFrequency;

    public override long GetTimestamp() => Clock.GetTimestamp() - Lag.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        Clock.CreateTimer(callback, state, dueTime, period);
}
