namespace Transports.Tests.Tcp;

/// <summary>The reserve of descriptors, in a process of 100 of them.</summary>
public class DescriptorReserveTests
{
    private const int Limit = 100;

    private readonly SortedSet<int> _free = [.. Enumerable.Range(0, Limit)];
    private readonly DescriptorReserve _reserve;
    private int _opened;

    public DescriptorReserveTests() => _reserve = new DescriptorReserve(
        Open, Close, descriptor => !_free.Contains(descriptor), Limit);

    [Fact]
    public void Join_FirstOfTwo_TakesItOnceAndTheLastGivesItUp()
    {
        _reserve.Join();
        _reserve.Join();
        Assert.Equal(Limit - DescriptorReserve.Size, _free.Count);

        _reserve.Leave();
        Assert.Equal(Limit - DescriptorReserve.Size, _free.Count);
        _reserve.Leave();
        Assert.Equal(Limit, _free.Count);
    }

    [Fact]
    public void OnExhausted_GivesItUpAndIsWholeAgainOnlyWithAllOfIt()
    {
        _reserve.Join();
        var taken = TakeAll();

        _reserve.OnExhausted();
        Assert.Equal(DescriptorReserve.Size, _free.Count);
        foreach (var descriptor in taken[..DescriptorReserve.Spare])
        {
            // What it could not complete it leaves to the others, and does not touch.
            var before = _opened;
            Assert.False(_reserve.TryTake());
            Assert.Equal(before, _opened);
            Close(descriptor);
        }

        Assert.True(_reserve.TryTake());
        Assert.Equal(DescriptorReserve.Spare, _free.Count);
    }

    [Fact]
    public void OnAccepted_FewerLeftThanThreadsMayNeed_GivesItUpThoughNothingFailed()
    {
        _reserve.Join();
        var taken = TakeAll();
        taken[^DescriptorReserve.Spare..].ForEach(Close);
        var before = _opened;
        _reserve.OnAccepted(taken[^(DescriptorReserve.Spare + 1)]);
        Assert.Equal(DescriptorReserve.Spare, _free.Count);
        Assert.Equal(before, _opened);

        _reserve.OnAccepted(Open());

        Assert.Equal(DescriptorReserve.Size + DescriptorReserve.Spare - 1, _free.Count);
        Assert.False(_reserve.TryTake());
    }

    [Fact]
    public void OnAccepted_LowNumberThatIsOneOfTheLast_IsNotTakenForPlenty()
    {
        _reserve.Join();
        var taken = TakeAll();
        taken[^DescriptorReserve.Spare..].ForEach(Close);
        _reserve.OnAccepted(taken[^(DescriptorReserve.Spare + 1)]);
        TakeAll();

        Close(taken[0]);
        _reserve.OnAccepted(Open());

        Assert.Equal(DescriptorReserve.Size, _free.Count);
    }

    [Fact]
    public void OnAccepted_LowNumber_LooksNoFurther()
    {
        _reserve.Join();
        TakeAll();

        _reserve.OnAccepted(Limit / 4);

        Assert.Empty(_free);
        Assert.True(_reserve.TryTake());
    }

    private List<int> TakeAll()
    {
        var taken = new List<int>();
        for (var descriptor = Open(); descriptor >= 0; descriptor = Open())
        {
            taken.Add(descriptor);
        }

        return taken;
    }

    /// <summary>The lowest one that is free, as the system does.</summary>
    private int Open()
    {
        if (_free.Count == 0)
        {
            return -1;
        }

        _opened++;
        var descriptor = _free.Min;
        _free.Remove(descriptor);
        return descriptor;
    }

    private void Close(int descriptor) => Assert.True(_free.Add(descriptor));
}
