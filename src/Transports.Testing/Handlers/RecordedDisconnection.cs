namespace Transports.Testing;

/// <summary>The end of a connection that a <see cref="RecordingHandler"/> was told of.</summary>
/// <param name="Connection">Which one.</param>
/// <param name="Reason">Why it ended.</param>
public sealed record RecordedDisconnection(IConnection Connection, CloseReason Reason);
