namespace Transports.Testing;

/// <summary>A packet as <see cref="LinkModel"/> sees it.</summary>
internal readonly record struct PacketOnLink(long Number, int PayloadBytes, int TotalBytes, long NowTicks)
{
    public PacketFate Dropped(NetworkFault fault) => new(fault, NowTicks, PayloadBytes, false, false, false);
}
