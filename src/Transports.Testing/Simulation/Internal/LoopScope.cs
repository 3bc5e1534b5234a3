namespace Transports.Testing;

/// <summary>The test's code calls the library, or the other way round: until disposal the other's rules hold.</summary>
internal readonly ref struct LoopScope
{
    private readonly SynchronizationContext? _before;
    private readonly bool _isEntered;

    public LoopScope(EventLoop loop, SynchronizationContext? context)
    {
        if (loop.IsCurrent)
        {
            _isEntered = true;
            _before = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    public void Dispose()
    {
        if (_isEntered)
        {
            SynchronizationContext.SetSynchronizationContext(_before);
        }
    }
}
