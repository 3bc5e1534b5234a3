using System.Threading.Tasks.Sources;

namespace Transports.Tests.Streams;

public class RacingDeliveryTests
{
    private const int Rounds = 20_000;
    private const int LongestSpin = 1000;

    /// <summary>
    /// The first of two messages has to be waited for, and its wait ends at any moment from then on. Whenever that is,
    /// the second one, which came with it, is handled too.
    /// </summary>
    [Fact]
    public async Task Handler_ThatEndsJustAfterItHadToWait_GetsTheRestOfTheBatch()
    {
        using var handler = new RacingHandler();
        var transport = new ScriptedTransport();
        await using var listener = await transport.ListenAsync(handler);
        var peer = transport.Arrive();

        for (var round = 0; round < Rounds; round++)
        {
            peer.Feed("first\nrest\n"u8);
            var isHandled = await handler.RestHandled.WaitAsync(ScriptedTransport.Patience);
            Assert.True(isHandled, $"Round {round}: one message is left.");
        }
    }

    /// <summary>Another thread ends the wait for the first message, some nanoseconds later each time.</summary>
    private sealed class RacingHandler : IMessageHandler, IValueTaskSource, IDisposable
    {
        private readonly Thread _ender;
        private ManualResetValueTaskSourceCore<bool> _first;
        private int _begun;
        private int _ended;
        private volatile bool _isOver;

        public RacingHandler()
        {
            _ender = new Thread(EndWaits) { IsBackground = true };
            _ender.Start();
        }

        public SemaphoreSlim RestHandled { get; } = new(0);

        public ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken)
        {
            if (context.Payload.Span.SequenceEqual("rest"u8))
            {
                RestHandled.Release();
                return default;
            }

            _first.Reset();
            var waiting = new ValueTask(this, _first.Version);
            Interlocked.Increment(ref _begun);
            return waiting;
        }

        public void Dispose()
        {
            _isOver = true;
            _ender.Join();
            RestHandled.Dispose();
        }

        void IValueTaskSource.GetResult(short token) => _first.GetResult(token);

        ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _first.GetStatus(token);

        void IValueTaskSource.OnCompleted(
            Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _first.OnCompleted(continuation, state, token, flags);

        private void EndWaits()
        {
            var spinner = default(SpinWait);
            while (!_isOver)
            {
                if (Volatile.Read(ref _begun) == _ended)
                {
                    spinner.SpinOnce(sleep1Threshold: -1);
                    continue;
                }

                for (var spin = _ended % LongestSpin; spin > 0; spin--)
                {
                    _ = Volatile.Read(ref _begun);
                }

                spinner.Reset();
                _ended++;
                _first.SetResult(true);
            }
        }
    }
}
