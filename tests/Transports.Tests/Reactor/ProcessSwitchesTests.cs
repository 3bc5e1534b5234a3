namespace Transports.Tests.Reactor;

public class ProcessSwitchesTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void IsOn_UnlessSwitchedOff(bool? value, bool isOn)
    {
        var name = $"Transports.Test.{Guid.NewGuid():N}";
        if (value is { } set)
        {
            AppContext.SetSwitch(name, set);
        }

        Assert.Equal(isOn, ProcessSwitches.IsOn(name));
    }
}
