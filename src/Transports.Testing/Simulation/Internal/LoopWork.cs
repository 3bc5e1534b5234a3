namespace Transports.Testing;

/// <summary>Something to be done now.</summary>
/// <param name="Callback">A <see cref="SendOrPostCallback"/> or an <see cref="Action{T}"/> of the state.</param>
/// <param name="State">What it is called with.</param>
/// <param name="IsUser">Whether it is the test's code, rather than the library's.</param>
internal readonly record struct LoopWork(Delegate Callback, object? State, bool IsUser)
{
    public void Run()
    {
        if (Callback is Action<object?> action)
        {
            action(State);
        }
        else
        {
            ((SendOrPostCallback)Callback)(State);
        }
    }
}
