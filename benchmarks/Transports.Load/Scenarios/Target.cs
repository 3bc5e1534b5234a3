namespace Transports.Load;

/// <summary>The most that the library may need, as a ratio to another server in the same turn.</summary>
/// <param name="Against">The other server.</param>
/// <param name="Ordinary">With the ordinary client.</param>
/// <param name="Busy">With the busy client.</param>
internal sealed record Target(string Against, double Ordinary, double Busy)
{
    public double For(LoadShape shape) => shape == LoadShape.Ordinary ? Ordinary : Busy;
}
