using System.Diagnostics;
using Transports;

namespace Soak;

/// <summary>Starts the service, lets many clients do what they like for a while, and stops it under them.</summary>
internal sealed class Load(Service service, int seed, string only)
{
    private const int WorkersPerKind = 3;

    private static readonly TimeSpan ConnectTimeout = new TcpTransportOptions().HandshakeTimeout;

    public Tally Tally { get; } = new();

    public Peak Peak { get; } = new();

    public async Task RunAsync(TimeSpan duration)
    {
        await service.StartAsync();
        using var end = new CancellationTokenSource(duration);
        using var ended = new CancellationTokenSource();
        var report = ReportAsync(ended.Token);
        var workers = Scenarios.For(service, Tally)
            .Select(scenarios => scenarios.Where(scenario => scenario.Name.Contains(only)).ToArray())
            .Where(scenarios => scenarios.Length > 0)
            .SelectMany((scenarios, kind) => Enumerable.Range(0, WorkersPerKind)
                .Select(worker => WorkAsync(scenarios, new Random(HashCode.Combine(seed, kind, worker)), end.Token)))
            .ToArray();
        await Task.WhenAll(workers);
        await ended.CancelAsync();
        await report;
        foreach (var fault in await service.StopAsync())
        {
            Tally.Fault(fault);
        }
    }

    private async Task WorkAsync(Scenario[] scenarios, Random random, CancellationToken end)
    {
        await Task.Yield();
        while (!end.IsCancellationRequested)
        {
            var scenario = scenarios[random.Next(scenarios.Length)];
            using var limit = new CancellationTokenSource(Scenario.Limit);
            var start = Stopwatch.GetTimestamp();
            try
            {
                await scenario.RunAsync(random, limit.Token);
                Tally.Done(scenario.Name);
            }
            catch (ConnectionFailedException) when (Stopwatch.GetElapsedTime(start) > 0.99 * ConnectTimeout)
            {
                // Connecting comes first: by then the time-out of one side or the other has ended it.
                Tally.Late(scenario.Name);
            }
            catch (Exception exception)
            {
                Tally.Fault($"{scenario.Name}: {exception}");
            }
        }
    }

    private async Task ReportAsync(CancellationToken ended)
    {
        var clock = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            for (var seconds = 1; await timer.WaitForNextTickAsync(ended); seconds++)
            {
                Peak.Note(service);
                if (seconds % 10 != 0)
                {
                    continue;
                }

                Console.WriteLine(
                    $"{clock.Elapsed.TotalSeconds,5:0} s: {Tally.Replies:N0} replies, {service.ActiveConnections} "
                    + $"connections, {service.Pool.Outstanding} buffers, {service.Handler.Messages:N0} messages, "
                    + $"{Environment.WorkingSet / 1048576.0:0} MiB resident");
            }
        }
        catch (OperationCanceledException)
        {
            // So has the load.
        }
    }
}
