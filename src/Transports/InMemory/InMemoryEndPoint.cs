using System.Net;

namespace Transports;

/// <summary>The name under which a listener in memory is found.</summary>
public sealed class InMemoryEndPoint : EndPoint, IEquatable<InMemoryEndPoint>
{
    /// <summary>Makes an endpoint of that name. Names are compared by their characters; case counts.</summary>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public InMemoryEndPoint(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public bool Equals(InMemoryEndPoint? other) => other is not null && other.Name == Name;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as InMemoryEndPoint);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>As an endpoint URI: <c>memory://name</c>.</summary>
    public override string ToString() => $"memory://{Name}";
}
