using Samples.Tests.RealPeers;

namespace Transports.Operations.Tests.Faults;

/// <summary>A process whose calendar clock is set, as it sees it; the machine's own clock is left alone.</summary>
public sealed class SetClockTests
{
    [ProgramFact("cc")]
    public async Task RealClock_SetYearsOnAndBack_NobodyNotices()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var directory = Directory.CreateTempSubdirectory("clock");
        try
        {
            var clock = Path.Combine(directory.FullName, "clock.so");
            var offset = Path.Combine(directory.FullName, "offset");
            await File.WriteAllBytesAsync(offset, new byte[sizeof(long)]);
            var source = Path.Combine(AppContext.BaseDirectory, "Faults", "clock.c");
            await using var compiler = RunningProgram.Start("cc", "-shared", "-fPIC", "-o", clock, source);
            var compiled = await compiler.EndAsync();
            Assert.Equal((0, ""), (compiled.ExitCode, compiled.Errors));

            await using var program = RunningProgram.Start(
                "env", $"LD_PRELOAD={clock}", $"CLOCK_OFFSET={offset}",
                "dotnet", ServerProcess.Assembly, "set-clock", offset);
            var (exitCode, output, errors) = await program.EndAsync();

            Assert.Equal((0, ""), (exitCode, errors));
            Assert.Equal(
                [
                    "10 years: served, no time-out came early", "-20 years: served, no time-out came early",
                    "10 years: served, no time-out came early", "still there",
                ],
                output);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
