namespace Transports.Framing;

/// <summary>Where a message is in a buffer.</summary>
/// <param name="PayloadOffset">Where its payload begins, in bytes.</param>
/// <param name="PayloadLength">How long its payload is, in bytes.</param>
/// <param name="TotalLength">How many bytes it takes in all, with what stands round the payload.</param>
public readonly record struct MessageFrame(int PayloadOffset, long PayloadLength, int TotalLength);
