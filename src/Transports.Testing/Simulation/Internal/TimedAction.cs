namespace Transports.Testing;

/// <summary>Something that happens each time it is on the agenda, unless it is called off.</summary>
internal sealed class TimedAction(Action action, bool isTraffic) : ITimed
{
    public bool IsTraffic => isTraffic;

    public bool IsDue { get; private set; } = true;

    public void Happen() => action();

    public void CallOff() => IsDue = false;
}
