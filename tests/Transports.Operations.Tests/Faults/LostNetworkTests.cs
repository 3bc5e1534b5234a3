using System.Diagnostics;
using Samples.Tests.RealPeers;

namespace Transports.Operations.Tests.Faults;

/// <summary>The address that is listened on goes away and comes back.</summary>
public sealed class LostAddressTests
{
    [NamespaceFact]
    public async Task Listeners_WhoseAddressGoesAndComesBack_StayAliveAndServeAgain()
    {
        await using var program = RunningProgram.Start(
            "unshare", "-rn", "dotnet", ServerProcess.Assembly, "lost-address", "10.97.53.1");

        var (exitCode, output, errors) = await program.EndAsync();

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Equal(["tcp: ConnectionFailedException", "udp: ConnectionFailedException", "served again"], output);
    }

    /// <summary>Skipped where no network namespace can be made.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class NamespaceFactAttribute : FactAttribute
    {
        public NamespaceFactAttribute() =>
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
