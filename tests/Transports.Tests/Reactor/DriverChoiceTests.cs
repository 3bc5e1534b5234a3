using Microsoft.Extensions.Logging.Abstractions;
using Transports.Tests.Datagrams;

namespace Transports.Tests.Reactor;

public class DriverChoiceTests
{
    [LinuxFact]
    public void Make_WhatIsNeededIsForbidden_FallsBackAndSaysWhy()
    {
        using var logs = new LogCollector();

        Assert.Null(DriverChoice.Make(TransportDriver.Auto, 0, logs, () => "the container forbids it"));

        var (_, _, text, _) = Assert.Single(logs.Named("DriverChosen"));
        Assert.Contains("Portable", text, StringComparison.Ordinal);
        Assert.Contains("the container forbids it", text, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void Make_WhatIsNeededIsForbiddenAndAskedFor_Throws()
    {
        var thrown = Assert.Throws<PlatformNotSupportedException>(() => DriverChoice.Make(
            TransportDriver.Reactor, 0, NullLogger.Instance, () => "the container forbids it"));

        Assert.Contains("the container forbids it", thrown.Message, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void Make_Portable_IsNotProbed() =>
        Assert.Null(DriverChoice.Make(
            TransportDriver.Portable, 0, NullLogger.Instance, () => throw new InvalidOperationException()));
}
