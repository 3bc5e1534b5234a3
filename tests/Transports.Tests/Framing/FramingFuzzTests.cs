namespace Transports.Tests.Framing;

public class FramingFuzzTests
{
    public static TheoryData<string> Names => [.. Framings.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_RandomStreams_KeepsItsContract(string name) =>
        FramingFuzz.Run(name, Framings.All[name], seed: 20_260_101, inputs: 10_000);
}
