namespace Transports.Load;

/// <summary>Says what was measured, on what, when and how.</summary>
internal static class MethodSection
{
    private const int EnoughRounds = 5;

    public static void WriteTop(Page page, MeasuredScenario[] results)
    {
        var machine = results[0].Result.Machine;
        var days = results.Select(measured => PerformancePage.Date(measured.Result.At)).Order().ToArray();
        var when = days[0] == days[^1] ? days[0] : $"{days[0]} to {days[^1]}";
        page.Line(
            $"""
            # Performance

            <!-- Written by eng/benchmark.sh: measure again rather than edit. -->

            The upper-case line service, whole: this library as its users get it (dependency injection, real framing,
            the samples' `UppercaseHandler`, default options) beside what one would use or write instead.

            Measured {when} on {machine.Cores} cores ({machine.Processor}), {machine.Kernel}, {machine.Runtime}.
            Other machines give other figures; the ratios travel better. How it was measured is told
            [at the end](#how-it-was-measured). On your machine: `eng/benchmark.sh`, or for a first impression
            `eng/benchmark.sh --quick --only tcp-64x1`.

            ![Processor time of the server per message, relative to async sockets](performance.svg)
            """);
    }

    public static void WriteMethod(Page page, MeasuredScenario[] results)
    {
        var plan = results.MaxBy(measured => measured.Result.Plan.Rounds)!.Result.Plan;
        page.Heading("How it was measured");
        WriteFirstImpressions(page, results);

        page.Line(
            $"""
            - Each server is a process of its own on core {plan.Cores.Server}; the client is one thread on core
              {plan.Cores.Client}. Both are pinned.
            - All servers of a scenario run at once and are measured in short slices in turn, since the speed of a
              shared machine swings within a minute. Another one is started first in each round, and measured first in
              each turn. A ratio is taken within a turn. Figures are medians.
            - {plan.Rounds} rounds with fresh processes, {plan.Turns} turns in each, slices of {Seconds(plan.Slice)}
              after {Seconds(plan.WarmUp)} of load for the JIT; longer slices for the latency tables.
            - The client costs what a C client costs: epoll, recvmmsg and sendmmsg on raw descriptors, no allocation.
              It compares every reply with the upper case of what it sent: in order on a stream, by a number in each
              datagram. A wrong reply ends the run; datagrams that are not answered count as lost.
            - An **ordinary** client sends a burst on all connections and blocks until all of it is answered, so that
              the server runs dry and sleeps. A **busy** one never blocks and answers each reply with the next message
              at once. `64×16` is 64 connections with 16 messages in flight on each.
            - CPU is the POSIX CPU clock of the server's process: user and system, all threads. On loopback the kernel
              delivers a message in its sender's time, so that a good part of it is the network's.
            - With one message in flight, a process of SCHED_IDLE priority keeps each core awake: the wake-up of an
              idle core would drown everything. The library's own thread stays awake while one peer asks one thing after
              another; C, async `Socket` and Kestrel, on one core, sleep between two messages.
            - .NET: Release, default tiered compilation with PGO, `DOTNET_TC_DelaySingleProcMultiplier=1` (on one core
              the runtime would wait ten times as long before it optimises).
            - C: `cc -O2`, one thread, upper case by a plain loop over the bytes; .NET's is vectorised, which shows
              with large messages. Neither C nor raw sockets have limits, time-outs or back-pressure.
            - Async `Socket`: one send for all complete lines of a receive, upper case in place. Inline completions:
              `DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1`, a switch for the whole process.
            - Idle connections: resident bytes before and after, once 64 connections have talked and 2,560 have come and
              gone, so that no code is compiled meanwhile.
            - Allocated bytes are those of the server's whole process; C has none to count.
            - GSO and GRO gain most on loopback; what a network card gains depends on the card.
            """);
    }

    /// <summary>Says which scenarios had too few rounds to be more than a first impression.</summary>
    private static void WriteFirstImpressions(Page page, MeasuredScenario[] results)
    {
        var few = results.Where(measured => measured.Result.Plan.Rounds < EnoughRounds).ToLookup(
            measured => measured.Result.Plan.Rounds, measured => measured.Scenario.Title);
        foreach (var titles in few.OrderBy(titles => titles.Key))
        {
            page.Line(FormattableString.Invariant(
                $"A first impression, not a measurement ({titles.Key} of {EnoughRounds} rounds): ")
                + $"{string.Join("; ", titles)}.");
            page.Line();
        }
    }

    private static string Seconds(TimeSpan time) => FormattableString.Invariant($"{time.TotalSeconds} s");
}
