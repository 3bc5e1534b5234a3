namespace Transports.Testing;

/// <summary>What becomes of a packet and, if it was duplicated, of its copy.</summary>
/// <param name="Original">The fate of the packet itself.</param>
/// <param name="HasCopy">Whether it was duplicated.</param>
/// <param name="Copy">The fate of the copy, which was queued before the original; meaningless without one.</param>
internal readonly record struct Admission(PacketFate Original, bool HasCopy, PacketFate Copy);
