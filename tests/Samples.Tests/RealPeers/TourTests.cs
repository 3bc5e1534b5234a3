namespace Samples.Tests.RealPeers;

public sealed class TourTests
{
    [Fact]
    public async Task Run_OutputRedirected_ShowsTheRepliesOfEveryTransport()
    {
        await using var tour = RunningProgram.StartSample("Uppercase.Tour");

        var (exitCode, output, errors) = await tour.EndAsync();

        Assert.Equal((0, ""), (exitCode, errors));
        foreach (var scheme in (string[])["memory://", "udp://", "tcp://"])
        {
            var rows = output.Where(line => line.Contains(scheme, StringComparison.Ordinal)).ToArray();
            Assert.Equal(3, rows.Length);
            Assert.Contains("HELLO, WORLD", rows[0], StringComparison.Ordinal);
            Assert.Contains("GRÜßE AUS KÖLN", rows[1], StringComparison.Ordinal);
            Assert.Contains("ONE HANDLER, THREE TRANSPORTS", rows[2], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Run_WithLines_SendsThose()
    {
        await using var tour = RunningProgram.StartSample("Uppercase.Tour", "a [one]");

        var (exitCode, output, _) = await tour.EndAsync();

        Assert.Equal(0, exitCode);
        Assert.Equal(3, output.Count(line => line.Contains("A [ONE]", StringComparison.Ordinal)));
    }
}
