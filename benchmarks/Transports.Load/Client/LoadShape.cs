namespace Transports.Load;

internal enum LoadShape
{
    /// <summary>
    /// Sends a burst on all connections and blocks until all of it is answered: the server runs dry and sleeps.
    /// </summary>
    Ordinary,

    /// <summary>Never blocks, and sends a new message for each reply at once: the server does not run dry.</summary>
    Busy,
}
