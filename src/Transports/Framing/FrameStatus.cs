namespace Transports.Framing;

/// <summary>What <see cref="MessageFraming.Read"/> found.</summary>
public enum FrameStatus
{
    /// <summary>
    /// No whole message yet. At the end of the stream: what is left is no message, and is malformed if not empty.
    /// </summary>
    NeedMoreData,

    /// <summary>A whole message.</summary>
    Message,

    /// <summary>A message that is, or is going to be, over the limit.</summary>
    MessageTooLong,

    /// <summary>Bytes that can never become a message.</summary>
    Malformed,
}
