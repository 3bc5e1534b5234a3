namespace Transports.Tests.Framing;

public class FramingFuzzTests
{
    public static TheoryData<string> Names => [.. Framings.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_RandomStreams_KeepsItsContract(string name) =>
        new FramingFuzz(name, Framings.All[name]).Run(seed: 20_260_101, inputs: 10_000);
}
