namespace Transports.Tests.Framing;

public class FramingAllocationTests
{
    public static TheoryData<string> Names => [.. Framings.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ReadAndWrite_OnceWarm_AllocateNothing(string name)
    {
        var framing = Framings.All[name];
        var payload = new byte[Math.Min(100, framing.MaxPayloadBytes)];
        Array.Fill(payload, (byte)'x');
        var encoded = framing.Encode(payload);
        var scratch = new byte[framing.MaxHeaderBytes + framing.MaxTrailerBytes];

        Repeat(2);

        // The runtime makes its cache of casts larger now and then, on whatever thread there is; not in every row.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(_ => AllocatedBy(10_000)));

        long AllocatedBy(int times)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Repeat(times);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        void Repeat(int times)
        {
            for (var i = 0; i < times; i++)
            {
                var examined = 0;
                framing.Validate(payload);
                framing.WriteHeader(scratch, payload);
                framing.WriteTrailer(scratch, payload);
                framing.Read(encoded.AsSpan(0, encoded.Length - 1), false, 100, ref examined, out _);
                framing.Read(encoded, false, 100, ref examined, out _);
            }
        }
    }
}
