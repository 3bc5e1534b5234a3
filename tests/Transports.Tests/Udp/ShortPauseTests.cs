using Transports.Tests.Reactor;

namespace Transports.Tests.Udp;

public class ShortPauseTests
{
    private const int GetTimerSlack = 30;

    [LinuxFact]
    public void Take_MakesTheWaitsOfItsThreadExact()
    {
        var slack = (Before: 0, After: 0);
        var thread = new Thread(() =>
        {
            slack.Before = Slack();
            ShortPause.Take();
            slack.After = Slack();
        });
        thread.Start();
        thread.Join();

        Assert.Equal(1, slack.After);
        Assert.NotEqual(slack.Before, slack.After);
        Assert.NotEqual(1, Slack());

        static int Slack() => LibC.ControlThread(GetTimerSlack, 0, 0, 0, 0);
    }
}
