using System.Globalization;

namespace Transports.Testing;

/// <summary>
/// The clock of a host: the network's, unless it is set wrong (<see cref="Offset"/>) or runs fast or slow
/// (<see cref="DriftPpm"/>). All that runs on the host should go by it; the host's transports do.
/// </summary>
/// <remarks>
/// As on a real machine, the time of day can be set, while timestamps and timers know only how much time has passed:
/// an offset moves the first alone, a drift all of them alike. A timer never fires before it is due by this clock. All
/// members may be used from any thread.
/// </remarks>
public sealed class SimulatedClock : TimeProvider
{
    /// <summary>Twice as fast as the network's clock.</summary>
    internal const double MaxDriftPpm = 1_000_000;

    /// <summary>Half as fast.</summary>
    internal const double MinDriftPpm = -500_000;

    internal static readonly TimeSpan MaxOffset = TimeSpan.FromDays(36_525);

    private const ulong OffsetStream = 0x4F4646534554;
    private const ulong DriftStream = 0x4452494654;
    private const int PartsPerBillion = 1000;

    private readonly SimulatedHost _host;
    private readonly VirtualTimeProvider _time;
    private readonly LocalClock _local;
    private long _stepTicks;

    internal SimulatedClock(SimulatedHost host)
    {
        (_host, _time) = (host, host.Network.Time);
        _local = new LocalClock(_time);
        var options = host.Network.Options;
        _stepTicks = (long)(options.MaxClockOffset.Ticks * Draw(OffsetStream));
        SetDrift(options.MaxClockDriftPpm * Draw(DriftStream));
    }

    /// <summary>
    /// How far the time of day that it shows is ahead of the network's; behind, if negative. Default zero. Setting it
    /// sets the clock, as its owner would, or NTP; a drift then goes on from there.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is more than 36,525 days either way.</exception>
    public TimeSpan Offset
    {
        get => TimeSpan.FromTicks(DriftedTicks + Interlocked.Read(ref _stepTicks));
        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Duration(), MaxOffset, nameof(value));
            Interlocked.Exchange(ref _stepTicks, value.Ticks - DriftedTicks);
            Changed();
        }
    }

    /// <summary>
    /// How much faster it runs than the network's clock, in parts per million; slower, if negative. Default 0. Quartz
    /// clocks stay within 100. May be changed at any time: what the clock shows does not jump, and timers that are
    /// armed fire when they are due at the new rate.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// It does not lie between -500,000, which is half as fast, and 1,000,000, which is twice as fast.
    /// </exception>
    public double DriftPpm
    {
        get => _local.DriftPartsPerBillion / (double)PartsPerBillion;
        set
        {
            // The other way round it would let NaN pass.
            if (!(value is >= MinDriftPpm and <= MaxDriftPpm))
            {
                throw new ArgumentOutOfRangeException(
                    nameof(value), value, $"Must lie between {MinDriftPpm} and {MaxDriftPpm}.");
            }

            SetDrift(value);
            Changed();
        }
    }

    /// <summary>UTC, so that no test depends on where it runs.</summary>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Timestamps count ticks of 100 ns from 0, as the network's clock does.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    internal bool IsTrue => _local.DriftPartsPerBillion == 0 && Offset == TimeSpan.Zero;

    private long DriftedTicks
    {
        get
        {
            var now = _time.GetTimestamp();
            return _local.ToLocal(now) - now;
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() =>
        _time.Start.AddTicks(_local.NowTicks + Interlocked.Read(ref _stepTicks));

    /// <inheritdoc/>
    public override long GetTimestamp() => _local.NowTicks;

    /// <summary>Makes a timer that goes by this clock; while the host is paused it does not fire.</summary>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return _time.CreateTimer(_local, callback, state, dueTime, period);
    }

    /// <summary>Such as <c>offset 1500ms, drift 20ppm</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"offset {Offset.TotalMilliseconds}ms, drift {DriftPpm}ppm");

    /// <summary>Keeps timers from firing, or lets them again: what is due by then fires at once.</summary>
    internal void HoldTimers(bool holds) => _time.Adjust(_local, _ => _local.HoldsTimers = holds);

    private void SetDrift(double ppm)
    {
        var partsPerBillion = (long)Math.Round(ppm * PartsPerBillion);
        _time.Adjust(_local, now => _local.SetDrift(partsPerBillion, now));
    }

    private void Changed() => _host.Network.Loop.Execute(() => _host.Note($"clock: {this}"));

    /// <summary>From -1 to 1, by the seed and the host's name.</summary>
    private double Draw(ulong stream)
    {
        var draw = Draws.Mix(_host.Network.Seed, stream, Draws.Of(_host.Name));
        return ((draw >> 11) / (double)(1UL << 52)) - 1;
    }
}
