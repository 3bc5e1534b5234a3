namespace Transports.Load.Tests;

public class TargetSectionTests
{
    private static readonly Machine Machine = new("test", 2, "test", "test");

    [Theory]
    [InlineData(0.80, 1.00, "| 0.80 | 0.85 | yes | 1.00 |")]
    [InlineData(0.90, 0.70, "| 0.90 | 0.85 | **no** | 0.70 |")]
    [InlineData(0.90, 0.95, "| 0.90 | 0.85 | no, nor does C | 0.95 |")]
    public void Target_AgainstPlainC_IsBesideWhatJoiningCReaches(double ours, double joiningC, string expected) =>
        Assert.Contains(expected, Row("/ C, epoll", ours, joiningC), StringComparison.Ordinal);

    [Fact]
    public void Target_AgainstOthers_IsBesideTheBetterOfC() =>
        Assert.EndsWith("| 0.35 | yes | 0.18 |", Row("/ async", ours: 0.8, joiningC: 0.9), StringComparison.Ordinal);

    /// <summary>Plain C takes 1 µs, async sockets 5.</summary>
    private static string Row(string against, double ours, double joiningC)
    {
        var scenario = Array.Find(ScenarioList.All, scenario => scenario.Name == "udp-16x32")!;
        var result = new ScenarioResult(scenario.Name, Machine, new Plan())
        {
            Samples =
            [
                Cpu(ServerKind.Library, ours), Cpu(ServerKind.C, 1), Cpu(ServerKind.JoiningC, joiningC),
                Cpu(ServerKind.Raw, 5),
            ],
        };
        var page = new Page();
        TargetSection.Write(page, [new MeasuredScenario(scenario, result)], idle: null);
        return page.ToString().Split('\n').Single(line => line.Contains(against, StringComparison.Ordinal));
    }

    private static Sample Cpu(string server, double microseconds) => new(
        server, LoadShape.Busy, 0, 0, new SliceResult { Messages = 1, CpuMicroseconds = microseconds });
}
