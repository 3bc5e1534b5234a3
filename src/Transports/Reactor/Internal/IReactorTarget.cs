namespace Transports;

/// <summary>Something with a descriptor whose readiness a reactor reports.</summary>
internal interface IReactorTarget
{
    /// <summary>Called on the reactor's leading thread; never for two events of one target at once.</summary>
    void OnReady(uint events);
}
