using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Transports.Testing;

namespace Transports.Simulation.Tests.Network;

/// <summary>The test that a shrunk failure prints compiles, and does what the list of faults does.</summary>
public class ShrunkSourceTests
{
    private const string Link = "the \"client\" \\ 1->server";

    private static readonly PacketFault[] EveryKind =
    [
        new(Link, 1, FaultKind.Drop),
        new(Link, 2, FaultKind.Duplicate, TimeSpan.FromMilliseconds(2)),
        new(Link, 3, FaultKind.Delay, TimeSpan.FromSeconds(1)),
        new(Link, 4, FaultKind.Truncate, Bytes: 3),
        new(Link, 5, FaultKind.Corrupt),
    ];

    [Fact]
    public async Task ToSource_EveryKindOfFault_FailsAsTheListDoes()
    {
        var listed = await Assert.ThrowsAsync<SimulationException>(
            () => Testing.Simulation.ReplayAsync(7, EveryKind, SixDatagrams.RunAsync));
        var shrunk = new ShrunkFailure(7, EveryKind, listed, 1, new NetworkTrace());

        var compiled = await Assert.ThrowsAsync<SimulationException>(() => Compile(shrunk.ToSource()));

        Assert.Matches("^text 2, text 2, tex, [^,]+, text 6, text 3\n", listed.Message);
        Assert.Equal(listed.Message, compiled.Message);
    }

    [Fact]
    public async Task ToSource_NoFault_Compiles() => await Assert.ThrowsAsync<SimulationException>(() => Compile(
        new ShrunkFailure(ulong.MaxValue, [], new TimeoutException(), 1, new NetworkTrace()).ToSource()));

    /// <summary>Compiles the test in a class as a user's project would, and runs it.</summary>
    private static Task Compile(string test)
    {
        var source = $$"""
            using System;
            using System.Threading.Tasks;
            using Transports.Testing;
            using Xunit;
            public class Tests
            {
            {{test}}
                private static Task ScenarioAsync(SimulatedNetwork network) =>
                    {{typeof(SixDatagrams).FullName}}.RunAsync(network);
            }
            """;
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "Shrunk",
            [CSharpSyntaxTree.ParseText(source)],
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var assembly = new MemoryStream();
        var result = compilation.Emit(assembly);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        var type = Assembly.Load(assembly.ToArray()).GetType("Tests")!;
        var method = type.GetMethods().Single(method => method.GetCustomAttribute<FactAttribute>() is not null);
        return (Task)method.Invoke(Activator.CreateInstance(type), null)!;
    }
}
