namespace Transports.Load;

/// <summary>What a server's process came to in a round.</summary>
internal sealed record ProcessSample(string Server, int Round)
{
    /// <summary>On the managed heap, over all slices of the round.</summary>
    public double AllocatedBytesPerMessage { get; init; }

    public long PeakResidentBytes { get; init; }
}
