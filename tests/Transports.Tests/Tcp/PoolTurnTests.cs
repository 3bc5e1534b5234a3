using System.Threading.Tasks.Sources;
using Transports.Tests.Streams;

namespace Transports.Tests.Tcp;

public class PoolTurnTests
{
    [Fact]
    public async Task WaitAsync_AgainAndAgain_EndsEachTime()
    {
        var turn = new PoolTurn();
        for (var i = 0; i < 10_000; i++)
        {
            var waiting = turn.WaitAsync();
            Assert.False(waiting.IsCompleted);
            await waiting;
        }
    }

    [Fact]
    public async Task Continuation_OfWhoWaits_RunsOnThePoolAndNotWithinTheAwait()
    {
        var gate = new Lock();
        var ran = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        IValueTaskSource turn = new PoolTurn();
        lock (gate)
        {
            turn.OnCompleted(
                _ =>
                {
                    // The lock may be taken again by the thread that holds it: then this ran within the call.
                    lock (gate)
                    {
                        ran.SetResult(Thread.CurrentThread.IsThreadPoolThread);
                    }
                },
                state: null,
                token: 0,
                ValueTaskSourceOnCompletedFlags.None);
            Assert.False(ran.Task.IsCompleted);
        }

        Assert.True(await ran.Task.WaitAsync(ScriptedTransport.Patience));
    }
}
