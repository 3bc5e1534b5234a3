namespace Transports.Load;

/// <summary>One slice: who was measured, under which load, in which turn.</summary>
internal sealed record Sample(string Server, LoadShape Shape, int Round, int Turn, SliceResult Slice);
