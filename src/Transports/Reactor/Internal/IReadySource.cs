using System.Threading.Tasks.Sources;

namespace Transports;

/// <summary>Has a <see cref="ReadyState"/>, and is what a task waits for that waits for it.</summary>
internal interface IReadySource : IValueTaskSource
{
    ref ReadyState State { get; }

    void IValueTaskSource.GetResult(short token)
    {
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => State.Status;

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        State.ContinueAfterWait(continuation, state);
}
