using System.Diagnostics;
using System.Globalization;
using Transports.Testing;

namespace Transports.Simulation.Tests.Conditions;

/// <summary>Datagrams through the kernel's own <c>tc netem</c>, in a namespace that ends with the run.</summary>
internal static class NetemRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly Lazy<string?> WhyNoNamespace = new(() => Probe([]));

    private static readonly Lazy<string?> WhyNoNetem = new(
        () => WhyNoNamespace.Value ?? Probe(Command("delay 1ms 1ms distribution normal")));

    /// <summary>Why no network namespace can be made here, or null if one can.</summary>
    public static string? NamespaceObstacle => WhyNoNamespace.Value;

    /// <summary>Why netem cannot be set up here, or null if it can.</summary>
    public static string? NetemObstacle => WhyNoNetem.Value;

    /// <summary>Sends packets, and returns how many milliseconds each that arrived took.</summary>
    public static double[] Run(NetworkConditions? conditions, int packets, TimeSpan apart)
    {
        var command = conditions is null ? [] : Command(conditions.ToString());
        var (exitCode, output, errors) = Start(packets, apart, command);
        Assert.True(exitCode == 0, errors);
        return
        [
            .. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture) / 1000.0),
        ];
    }

    private static string[] Command(string text) => NetworkConditions.Parse(text).ToTcCommand("lo").Split(' ');

    private static string? Probe(string[] command)
    {
        if (!OperatingSystem.IsLinux())
        {
            return "tc netem is part of Linux";
        }

        try
        {
            var (exitCode, _, errors) = Start(packets: 0, TimeSpan.Zero, command);
            return exitCode == 0 ? null : $"tc netem cannot be set up here: {FirstLine(errors)}";
        }
        catch (Exception exception) when (exception is IOException or System.ComponentModel.Win32Exception)
        {
            return $"tc netem cannot be set up here: {exception.Message}";
        }
    }

    private static string FirstLine(string errors) =>
        errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault("");

    private static (int ExitCode, string Output, string Errors) Start(int packets, TimeSpan apart, string[] command)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Conditions", "netem.py");
        string[] numbers = [$"{packets}", $"{(long)apart.TotalMicroseconds}"];
        var start = new ProcessStartInfo("unshare", ["-rn", "python3", script, .. numbers, .. command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill();
            throw new IOException($"no answer within {Patience}");
        }

        return (process.ExitCode, output.GetAwaiter().GetResult(), errors.GetAwaiter().GetResult());
    }
}
