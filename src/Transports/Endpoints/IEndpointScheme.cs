namespace Transports;

/// <summary>Knows one kind of endpoint URI, such as <c>tcp://</c>.</summary>
/// <remarks>
/// <para>
/// A package adds one with
/// <c>services.TryAddEnumerable(ServiceDescriptor.Singleton&lt;IEndpointScheme, MyScheme&gt;())</c>; a later one takes
/// the place of an earlier one of the same name.
/// </para>
/// <para>Must be safe to use from any thread.</para>
/// </remarks>
public interface IEndpointScheme
{
    /// <summary>What stands before <c>://</c>, in lower case.</summary>
    string Name { get; }

    /// <summary>Makes the transport and the endpoint that <paramref name="uri"/> names; opens nothing.</summary>
    /// <param name="uri">An endpoint of this scheme.</param>
    /// <param name="faults">
    /// Gets a line for every fault, an unknown option included; <see cref="EndpointQueryReader"/> helps.
    /// </param>
    /// <returns>What the URI names; null if there is a fault.</returns>
    TransportEndpoint? Resolve(EndpointUri uri, ICollection<string> faults);
}
