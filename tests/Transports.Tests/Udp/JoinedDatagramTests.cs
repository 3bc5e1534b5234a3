using FsCheck;
using FsCheck.Fluent;

namespace Transports.Tests.Udp;

public class JoinedDatagramTests
{
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(0, 32, 1)]
    [InlineData(32, 0, 1)]
    [InlineData(32, 32, 1)]
    [InlineData(31, 32, 1)]
    [InlineData(33, 32, 2)]
    [InlineData(64, 32, 2)]
    [InlineData(65_535, 1, 65_535)]
    [InlineData(10, -1, 1)]
    [InlineData(10, int.MinValue, 1)]
    [InlineData(10, int.MaxValue, 1)]
    public void Count_OfSegments_CoversAll(int length, int segment, int expected) =>
        Assert.Equal(expected, new JoinedDatagram(length, segment).Count);

    [Fact]
    public void Segments_OfAnyLength_PartitionTheBytes()
    {
        var inputs = Gen.Choose(0, 70_000).Two().ToArbitrary();
        Prop.ForAll(inputs, input => IsPartition(input.Item1, input.Item2 % 3000)).Check(
            Config.QuickThrowOnFailure.WithMaxTest(10_000));
    }

    private static bool IsPartition(int length, int segment)
    {
        var joined = new JoinedDatagram(length, segment);
        var next = 0;
        for (var index = 0; index < joined.Count; index++)
        {
            var isLast = index == joined.Count - 1;
            var size = joined.LengthOf(index);
            if (joined.OffsetOf(index) != next || size < 0 || (size == 0 && length > 0)
                || (!isLast && size != segment))
            {
                return false;
            }

            next += size;
        }

        return next == length;
    }
}
