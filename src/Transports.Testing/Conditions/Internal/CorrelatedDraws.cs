namespace Transports.Testing;

/// <summary>The draws of one fault family, each depending on the one before as netem's do.</summary>
/// <remarks>
/// A copy is drawn from where its original stands and moves nothing on: otherwise duplicates would shift the draws of
/// all packets after them. Here netem differs.
/// </remarks>
internal struct CorrelatedDraws(FaultFamily family)
{
    private double _last = double.NaN;

    public double Next(in Substreams streams, long packetNumber, bool isCopy, double correlation)
    {
        var value = streams.Unit(family, packetNumber, isCopy);
        if (correlation == 0)
        {
            return value;
        }

        var last = double.IsNaN(_last) ? streams.Unit(family, 0) : _last;
        var drawn = (value * (1 - correlation)) + (last * correlation);
        if (!isCopy)
        {
            _last = drawn;
        }

        return drawn;
    }

    /// <summary>Whether something of that probability happens to the packet.</summary>
    public bool Happens(
        double probability, in Substreams streams, long packetNumber, bool isCopy, double correlation) =>
        probability > 0 && Next(streams, packetNumber, isCopy, correlation) < probability;
}
