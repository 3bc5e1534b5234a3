namespace Transports.Load;

/// <summary>The most that a server may need, as a ratio to another server in the same turn.</summary>
/// <param name="Against">The other server.</param>
/// <param name="Ordinary">With the ordinary client.</param>
/// <param name="Busy">With the busy client.</param>
internal sealed record Target(string Against, double Ordinary, double Busy)
{
    /// <summary>Which server it is asked of: the library with default options.</summary>
    public string Of { get; init; } = ServerKind.Library;

    public double For(LoadShape shape) => shape == LoadShape.Ordinary ? Ordinary : Busy;
}
