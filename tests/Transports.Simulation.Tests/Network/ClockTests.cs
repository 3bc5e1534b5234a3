using Transports.Requests;
using Transports.Testing;

namespace Transports.Simulation.Tests.Network;

/// <summary>Hosts whose clocks are wrong: what they show, and when what goes by them happens.</summary>
public class ClockTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public Task Clock_LeftAlone_ShowsTheNetworksTime() => RunAsync(async (network, host) =>
    {
        await Task.Delay(Hour, host.Clock);

        Assert.Equal(Hour, network.Time.Elapsed);
        Assert.Equal(network.Time.GetUtcNow(), host.Clock.GetUtcNow());
        Assert.Equal(network.Time.GetTimestamp(), host.Clock.GetTimestamp());
        Assert.Equal("offset 0ms, drift 0ppm", host.Clock.ToString());
    });

    [Theory]
    [InlineData(90)]
    [InlineData(-90)]
    public Task Offset_Set_MovesTheTimeOfDayAndNoTimer(int minutes) => RunAsync(async (network, host) =>
    {
        var delay = Task.Delay(Hour, host.Clock);
        await network.RunForAsync(Hour / 2);
        var started = host.Clock.GetTimestamp();
        host.Clock.Offset = TimeSpan.FromMinutes(minutes);

        Assert.Equal(started, host.Clock.GetTimestamp());
        await delay;
        Assert.Equal(Hour, network.Time.Elapsed);
        Assert.Equal(TimeSpan.FromMinutes(minutes), host.Clock.GetUtcNow() - network.Time.GetUtcNow());
        Assert.Equal(Hour / 2, host.Clock.GetElapsedTime(started));
    });

    [Theory]
    [InlineData(0, 3_600_000.0000)]
    [InlineData(50, 3_599_820.0090)]
    [InlineData(-200, 3_600_720.1441)]
    [InlineData(1_000_000, 1_800_000.0000)]
    [InlineData(-500_000, 7_200_000.0000)]
    public Task Drift_Timer_FiresWhenItIsDueByItsOwnClock(double ppm, double milliseconds) => RunAsync(
        async (network, host) =>
        {
            host.Clock.DriftPpm = ppm;
            var started = host.Clock.GetTimestamp();
            await Task.Delay(Hour, host.Clock);

            Assert.Equal(ppm, host.Clock.DriftPpm);
            Assert.Equal(milliseconds, network.Time.Elapsed.TotalMilliseconds, 1e-4);
            Assert.InRange(host.Clock.GetElapsedTime(started) - Hour, TimeSpan.Zero, TimeSpan.FromTicks(1));
            Assert.InRange(
                host.Clock.Offset - (Hour - network.Time.Elapsed), TimeSpan.Zero, TimeSpan.FromTicks(1));
            Assert.Equal(network.Time.GetUtcNow() + host.Clock.Offset, host.Clock.GetUtcNow());
        });

    [Fact]
    public Task Drift_Changed_ArmedTimersFireByTheNewRateAndNothingJumps() => RunAsync(async (network, host) =>
    {
        host.Clock.DriftPpm = 1_000_000;
        var delay = Task.Delay(TimeSpan.FromSeconds(30), host.Clock);
        await network.RunForAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.FromSeconds(20), TimeSpan.FromTicks(host.Clock.GetTimestamp()));

        host.Clock.DriftPpm = -500_000;
        Assert.Equal(TimeSpan.FromSeconds(20), TimeSpan.FromTicks(host.Clock.GetTimestamp()));
        await delay;
        Assert.Equal(TimeSpan.FromSeconds(30), network.Time.Elapsed);
        Assert.Equal(TimeSpan.FromSeconds(30), TimeSpan.FromTicks(host.Clock.GetTimestamp()));
        Assert.Contains(network.Trace.Events, item => item is { Note: "clock: offset 10000ms, drift -500000ppm" });
    });

    [Fact]
    public Task Drift_Period_IsLongerOnASlowClock() => RunAsync(async (network, host) =>
    {
        host.Clock.DriftPpm = -100_000;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(9), host.Clock);
        for (var tick = 1; tick <= 5; tick++)
        {
            Assert.True(await timer.WaitForNextTickAsync());
            Assert.Equal(TimeSpan.FromSeconds(10 * tick), network.Time.Elapsed);
        }
    });

    [Fact]
    public Task Drift_OfOneHost_IsItsTransportsAlone() => RunAsync(async (network, fast) =>
    {
        fast.Clock.DriftPpm = 1_000_000;
        var (down, other) = (network.AddHost("down"), network.AddHost("other"));
        down.Crash();
        await Assert.ThrowsAsync<ConnectionFailedException>(
            async () => await fast.Tcp().ConnectAsync(down.EndPoint(80)));
        Assert.Equal(TimeSpan.FromSeconds(7.5), network.Time.Elapsed);
        await Assert.ThrowsAsync<ConnectionFailedException>(
            async () => await other.Tcp().ConnectAsync(down.EndPoint(80)));
        Assert.Equal(TimeSpan.FromSeconds(22.5), network.Time.Elapsed);

        await using var requests = new RequestClient(
            fast.Udp(), down.EndPoint(80), new RequestClientOptions { Timeout = TimeSpan.FromSeconds(20) });
        await Assert.ThrowsAsync<RequestTimeoutException>(async () => await requests.RequestAsync("anybody?"));
        Assert.Equal(TimeSpan.FromSeconds(32.5), network.Time.Elapsed);
    });

    [Fact]
    public async Task Options_MaxOffsetAndDrift_AreDrawnBySeedAndHost()
    {
        var options = new SimulatedNetworkOptions
        {
            MaxClockOffset = TimeSpan.FromSeconds(5),
            MaxClockDriftPpm = 100,
        };
        var seen = new HashSet<(TimeSpan, double)>();
        for (var seed = 1UL; seed <= 20; seed++)
        {
            options.Seed = seed;
            using var network = new SimulatedNetwork(options);
            using var again = new SimulatedNetwork(options);
            foreach (var name in (string[])["a", "b"])
            {
                var clock = network.AddHost(name).Clock;
                Assert.InRange(clock.Offset, -options.MaxClockOffset, options.MaxClockOffset);
                Assert.InRange(clock.DriftPpm, -100, 100);
                Assert.Equal(clock.ToString(), again.AddHost(name).Clock.ToString());
                seen.Add((clock.Offset, clock.DriftPpm));
            }
        }

        Assert.Equal(40, seen.Count);
        Assert.Contains(seen, clock => clock.Item1 < TimeSpan.FromSeconds(-2) && clock.Item2 > 0);
        var failed = await Assert.ThrowsAsync<SimulationException>(() => Testing.Simulation.RunAsync(
            1, network => Task.FromException(new InvalidOperationException(network.AddHost("a").Name)), options));
        Assert.Matches("a: clock offset -?[0-9.]+ms, drift -?[0-9.]+ppm", failed.Message);
    }

    [Fact]
    public Task Setters_OutOfRange_AreRefused() => RunAsync((_, host) =>
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => host.Clock.DriftPpm = -500_001);
        Assert.Throws<ArgumentOutOfRangeException>(() => host.Clock.DriftPpm = double.NaN);
        Assert.Throws<ArgumentOutOfRangeException>(() => host.Clock.Offset = TimeSpan.MaxValue);
        Assert.Throws<ArgumentOutOfRangeException>(() => host.Clock.Offset = TimeSpan.FromDays(-40_000));
        Assert.Throws<ArgumentException>(
            () => new SimulatedNetwork(new SimulatedNetworkOptions { MaxClockDriftPpm = double.NaN }));
        Assert.Throws<ArgumentException>(
            () => new SimulatedNetwork(new SimulatedNetworkOptions { MaxClockOffset = TimeSpan.FromTicks(-1) }));
        return Task.CompletedTask;
    });

    /// <summary>
    /// The bug: a lease is held for as long as the holder's clock says, and given away when the giver's does.
    /// </summary>
    [Fact]
    public async Task Explore_LeaseWithoutAMarginForDrift_IsFoundWithClocksThatDriftAndNotWithout()
    {
        var drifting = new SimulatedNetworkOptions { MaxClockDriftPpm = 200 };
        await Assert.ThrowsAsync<SimulationException>(
            () => Testing.Simulation.ExploreAsync(20, LeaseAsync, drifting));
        await Testing.Simulation.ExploreAsync(20, LeaseAsync);
        await Testing.Simulation.VerifyDeterminismAsync(
            async network => await Record.ExceptionAsync(() => LeaseAsync(network)), 3, drifting);
    }

    private static async Task LeaseAsync(SimulatedNetwork network)
    {
        var (giver, holder) = (network.AddHost("giver"), network.AddHost("holder"));
        var isHeld = true;
        var holding = HoldAsync();
        await Task.Delay(Hour + TimeSpan.FromMilliseconds(1), giver.Clock);
        Assert.False(isHeld, "two hold the lease");
        await holding;

        async Task HoldAsync()
        {
            await Task.Delay(Hour, holder.Clock);
            isHeld = false;
        }
    }

    private static async Task RunAsync(Func<SimulatedNetwork, SimulatedHost, Task> test) =>
        await Testing.Simulation.RunAsync(1, network => test(network, network.AddHost("host")));
}
