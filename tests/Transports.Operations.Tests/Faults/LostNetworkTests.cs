using System.Diagnostics;
using Samples.Tests.RealPeers;

namespace Transports.Operations.Tests.Faults;

/// <summary>The address that is listened on, or its interface, goes away and comes back.</summary>
public sealed class LostNetworkTests
{
    [NamespaceTheory]
    [InlineData("address")]
    [InlineData("interface")]
    public async Task Listeners_WhoseNetworkGoesAndComesBack_StayAliveAndServeAgain(string lost)
    {
        await using var program = RunningProgram.Start(
            "unshare", "-rn", "dotnet", ServerProcess.Assembly, "lost-network", lost);

        var (exitCode, output, errors) = await program.EndAsync();

        // Without a route a request fails, without an interface it is lost: the kernel's difference.
        Assert.Equal((0, ""), (exitCode, errors));
        var failure = lost == "address" ? nameof(ConnectionFailedException) : nameof(RequestTimeoutException);
        Assert.Equal(
            [
                $"tcp: not reached, {failure}", $"udp: not reached, {failure}",
                "a standing connection: 4 bytes", "served again",
            ],
            output);
    }

    /// <summary>Skipped where no network namespace can be made.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class NamespaceTheoryAttribute : TheoryAttribute
    {
        public NamespaceTheoryAttribute() =>
            Skip = CanIsolate() ? null : "A network namespace cannot be made here (unshare -rn, ip).";

        private static bool CanIsolate()
        {
            try
            {
                var start = new ProcessStartInfo("unshare", "-rn ip link set lo up") { RedirectStandardError = true };
                using var process = Process.Start(start)!;
                process.WaitForExit();
                return process.ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }
    }
}
