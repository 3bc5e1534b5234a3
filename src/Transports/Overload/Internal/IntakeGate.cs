namespace Transports;

/// <summary>Holds those who would read, while it is closed. Open, it costs them one look at a field.</summary>
internal sealed class IntakeGate
{
    private volatile TaskCompletionSource? _opening;

    public bool IsClosed => _opening is not null;

    /// <summary>Called by one thread at a time.</summary>
    public void Set(bool closed)
    {
        if (closed)
        {
            _opening ??= new TaskCompletionSource(Continuations.Options);
        }
        else
        {
            Interlocked.Exchange(ref _opening, null)?.SetResult();
        }
    }

    public Task WhenOpenAsync(CancellationToken cancellationToken) =>
        _opening?.Task.WaitAsync(cancellationToken) ?? Task.CompletedTask;
}
