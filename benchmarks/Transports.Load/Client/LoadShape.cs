namespace Transports.Load;

internal enum LoadShape
{
    /// <summary>Blocks when idle; sends a burst when the one before is answered. The server sleeps too.</summary>
    Ordinary,

    /// <summary>Never blocks, and sends a new message for each reply at once: the server never runs dry.</summary>
    Busy,
}
