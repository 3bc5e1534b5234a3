using System.Globalization;
using Transports.Testing;

namespace Transports.Simulation.Tests.Conditions;

/// <summary>Our distributions against the tables that <c>tc</c> loads into the kernel, if installed.</summary>
public class NetemParityTests
{
    private const double JitterUnit = 8192;

    private static readonly string[] Folders =
    [
        "/usr/lib/tc", "/usr/lib64/tc", "/lib/tc", "/usr/share/tc",
        "/usr/lib/x86_64-linux-gnu/tc", "/usr/lib/aarch64-linux-gnu/tc",
    ];

    [TablesFact]
    public void Distributions_AgainstTables_HaveTheSameQuantiles()
    {
        foreach (var name in (string[])["normal", "pareto", "paretonormal"])
        {
            var table = Table(name);
            var conditions = NetworkConditions.Parse($"delay 10s 1s distribution {name}");
            for (var i = 40; i < table.Length - 40; i++)
            {
                var ours = DelayQuantiles.DelayTicks(conditions, i / (double)table.Length) / 1e7;
                Assert.True(
                    Math.Abs(ours - 10 - table[i]) < 0.05, $"{name} {i}: {ours - 10} instead of {table[i]}");
            }
        }
    }

    [TablesFact]
    public void Distributions_AgainstTables_HaveTheSameMeanAndSpread()
    {
        foreach (var name in (string[])["normal", "pareto", "paretonormal"])
        {
            var table = Table(name);
            var ours = LinkRun.Delays(LinkRun.Run($"delay 10s 1s distribution {name}"));

            Assert.Equal(table.Average(), (ours.Average() / 1000) - 10, 0.015);
            Assert.Equal(LinkRun.Spread(table), LinkRun.Spread(ours) / 1000, 0.02);
        }
    }

    private static string? Folder() => Folders
        .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "normal.dist")));

    private static double[] Table(string name) =>
    [
        .. File.ReadLines(Path.Combine(Folder()!, $"{name}.dist"))
            .Where(line => !line.StartsWith('#'))
            .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(value => int.Parse(value, CultureInfo.InvariantCulture) / JitterUnit),
    ];

    private sealed class TablesFactAttribute : FactAttribute
    {
        public TablesFactAttribute() =>
            Skip = Folder() is null ? "tc's distribution tables are not installed here (package iproute2)" : null;
    }
}
