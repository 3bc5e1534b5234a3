namespace Transports;

/// <summary>
/// A transport in a world with a clock of its own: what is built on it goes by that clock unless told.
/// </summary>
internal interface ITimedTransport : ITransport
{
    TimeProvider TimeProvider { get; }

    /// <summary>What decides chance in that world.</summary>
    int JitterSeed { get; }
}
