namespace Transports.Testing;

/// <summary>Something that happens once, unless it is called off.</summary>
internal sealed class TimedAction(Action action, bool isTraffic) : ITimed
{
    public bool IsTraffic => isTraffic;

    public bool IsDue { get; private set; } = true;

    public void Happen() => action();

    public void CallOff() => IsDue = false;
}
