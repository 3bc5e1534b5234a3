using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Repository.Tests.Docs;

/// <summary>Every C# block in the documents is a program or a set of types of its own, and compiles.</summary>
public partial class CodeBlockTests
{
    private const string Usings = """
        global using global::System;
        global using global::System.Collections.Generic;
        global using global::System.IO;
        global using global::System.Linq;
        global using global::System.Net;
        global using global::System.Net.Http;
        global using global::System.Threading;
        global using global::System.Threading.Tasks;
        global using global::Microsoft.Extensions.Configuration;
        global using global::Microsoft.Extensions.DependencyInjection;
        global using global::Microsoft.Extensions.Hosting;
        global using global::Microsoft.Extensions.Logging;
        global using global::Moq;
        global using global::Transports;
        global using global::Transports.Framing;
        global using global::Transports.Requests;
        global using global::Transports.Testing;
        global using global::Xunit;
        """;

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Preview);

    /// <summary>A library that was built against an older framework: the SDK never reports these either.</summary>
    private static readonly Dictionary<string, ReportDiagnostic> OlderReferences = new()
    {
        ["CS1701"] = ReportDiagnostic.Suppress,
        ["CS1702"] = ReportDiagnostic.Suppress,
    };

    private static readonly Lazy<MetadataReference[]> References = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileNameWithoutExtension(path) != "Repository.Tests")
            .Select(path => MetadataReference.CreateFromFile(path)),
    ]);

    [Fact]
    public void Blocks_OfCSharp_Compile()
    {
        var blocks = AllBlocks().Where(block => block.Language == "csharp").ToArray();
        Assert.NotEmpty(blocks);
        Faults.AssertNone(blocks.AsParallel().AsOrdered().SelectMany(Compile));
    }

    [Fact]
    public void Compiler_GivenAFaultyBlock_SaysWhere()
    {
        var file = MarkdownFile.Load(SourceTree.PathOf("README.md"));
        var block = new CodeBlock(file, 10, "csharp", ["IMessageHandler handler = 1;", "", "Missing.Call();"]);
        var faults = Compile(block).ToArray();
        Assert.Contains(faults, fault => fault.StartsWith("README.md:11: error CS0029", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("README.md:13: error CS0103", StringComparison.Ordinal));
    }

    [Fact]
    public void Blocks_HaveALanguageThatIsChecked()
    {
        string[] known =
            ["csharp", "bash", "console", "json", "python", "text", "xml", "http", "mermaid", "yaml", "diff", "ini"];
        Faults.AssertNone(AllBlocks().Where(block => !known.Contains(block.Language))
            .Select(block => $"{block.Position}: '{block.Language}' is none of {string.Join(", ", known)}"));
    }

    [Fact]
    public void Commands_NameProjectsAndScriptsThatExist()
    {
        var named = AllBlocks().Where(block => block.Language is "bash" or "console")
            .SelectMany(block => ProjectPath().Matches(block.Text)
                .Select(match => (block.Position, Path: match.Groups[1].Value)))
            .ToArray();
        Assert.NotEmpty(named);
        Faults.AssertNone(named.Where(use => !Path.Exists(SourceTree.PathOf(use.Path))));
    }

    private static IEnumerable<CodeBlock> AllBlocks() =>
        SourceTree.Documents().Select(MarkdownFile.Load).SelectMany(file => file.Blocks);

    private static IEnumerable<string> Compile(CodeBlock block)
    {
        var tree = CSharpSyntaxTree.ParseText(block.Text, ParseOptions);
        var isProgram = tree.GetCompilationUnitRoot().Members.OfType<GlobalStatementSyntax>().Any();
        var options = new CSharpCompilationOptions(
            isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
            nullableContextOptions: NullableContextOptions.Enable,
            allowUnsafe: true,
            specificDiagnosticOptions: OlderReferences);
        var compilation = CSharpCompilation.Create(
            "Block", [tree, CSharpSyntaxTree.ParseText(Usings, ParseOptions)], References.Value, options);
        return compilation.GetDiagnostics()
            .Where(fault => fault.Severity >= DiagnosticSeverity.Warning)
            .Select(fault => $"{block.File.Name}:{LineOf(block, tree, fault)}: "
                + $"{(fault.Severity == DiagnosticSeverity.Error ? "error" : "warning")} {fault.Id}: "
                + fault.GetMessage(CultureInfo.InvariantCulture));
    }

    private static int LineOf(CodeBlock block, SyntaxTree tree, Diagnostic fault) => fault.Location.SourceTree == tree
        ? block.Line + 1 + fault.Location.GetLineSpan().StartLinePosition.Line
        : block.Line;

    [GeneratedRegex(@"(?<=[\s""])((?:samples|tests|src|benchmarks|eng|\.ci)/[A-Za-z0-9_./-]+)")]
    private static partial Regex ProjectPath();
}
