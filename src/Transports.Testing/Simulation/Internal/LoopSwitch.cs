using System.Runtime.CompilerServices;

namespace Transports.Testing;

/// <summary>What is awaited to go on on the loop's thread, in the library's manner.</summary>
internal readonly struct LoopSwitch(EventLoop loop) : ICriticalNotifyCompletion
{
    public bool IsCompleted => loop.IsCurrent;

    public LoopSwitch GetAwaiter() => this;

    public void GetResult()
    {
        // Being there is all.
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) =>
        loop.Post(static next => ((Action)next!)(), continuation);
}
