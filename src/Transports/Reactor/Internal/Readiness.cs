namespace Transports;

/// <summary>A <see cref="ReadyState"/> by itself, for those of whom there are few.</summary>
internal sealed class Readiness : IReadySource
{
    private ReadyState _state;

    ref ReadyState IReadySource.State => ref _state;

    /// <inheritdoc cref="ReadyState.Clear"/>
    public void Clear() => _state.Clear();

    /// <inheritdoc cref="ReadyState.Restore"/>
    public void Restore() => _state.Restore();

    /// <inheritdoc cref="ReadyState.Set"/>
    public void Set(bool sticky = false) => _state.Set(sticky);

    /// <inheritdoc cref="ReadyState.WaitAsync(IReadySource, CancellationToken)"/>
    public ValueTask WaitAsync(CancellationToken cancellationToken = default) =>
        ReadyState.WaitAsync(this, cancellationToken);
}
