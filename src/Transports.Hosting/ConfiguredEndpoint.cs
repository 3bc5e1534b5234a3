namespace Transports.Hosting;

/// <summary>An endpoint URI, and where it was written down.</summary>
/// <param name="Source">The configuration key or the argument's name; every error about this endpoint names it.</param>
/// <param name="Uri">Such as <c>tcp://127.0.0.1:12000?framing=lines</c>; null is reported as a fault.</param>
public sealed record ConfiguredEndpoint(string Source, string? Uri);
