using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Repository.Tests.Tidy;

/// <summary>The rules of the repository that neither compiler nor formatter keeps.</summary>
public partial class TidyTests
{
    private const int MaxLineLength = 120;
    private const int MaxFileLines = 300;

    /// <summary>Files of src that are longer, each with the reason why it is not split.</summary>
    private static readonly Dictionary<string, string> LongFiles = [];

    private static readonly string[] TextPatterns =
        ["*.cs", "*.md", "*.csproj", "*.props", "*.sh", "*.py", "*.json", "*.config", "*.txt", ".editorconfig", "run"];

    /// <summary>Written in two parts, so that this file does not name them either.</summary>
    private static readonly string[] BannedWords =
    [
        "nuget" + ".org", "pypi" + ".org", "npmjs" + ".com", "index" + ".json\"", "/wo" + "rk/", "/ho" + "me/",
        "/ro" + "ot/", "/tm" + "p/h/", "C:" + "\\Users", "TO" + "DO", "FIX" + "ME", "NotImplemented" + "Exception",
    ];

    [Fact]
    public void Lines_OfCode_FitThePage() => Faults.AssertNone(
        from file in SourceTree.Files(".", "*.cs")
        from line in File.ReadLines(file).Select((text, index) => (text, number: index + 1))
        where line.text.Length > MaxLineLength
        select $"{SourceTree.RelativePath(file)}:{line.number}: {line.text.Length} characters");

    [Fact]
    public void Files_OfTheLibrary_StaySmall()
    {
        var lengths = SourceTree.Files("src", "*.cs")
            .ToDictionary(SourceTree.RelativePath, file => File.ReadLines(file).Count());
        Assert.NotEmpty(lengths);
        Faults.AssertNone(lengths.Where(file => file.Value > MaxFileLines && !LongFiles.ContainsKey(file.Key)));
        Faults.AssertNone(LongFiles.Keys.Where(name => lengths.GetValueOrDefault(name) <= MaxFileLines));
    }

    [Fact]
    public void Files_OfTheLibrary_HoldOnePublicTypeOfTheirName() => Faults.AssertNone(
        from file in SourceTree.Files("src", "*.cs")
        let types = PublicTypes(file).ToArray()
        where types.Length > 1 || types.Any(name => name != Path.GetFileName(file).Split('.')[0])
        select $"{SourceTree.RelativePath(file)}: {string.Join(", ", types)}");

    [Fact]
    public void Folders_CalledInternal_HoldNothingPublic() => Faults.AssertNone(
        from file in SourceTree.Files("src", "*.cs")
        where SourceTree.RelativePath(file).Contains("/Internal/", StringComparison.Ordinal) && PublicTypes(file).Any()
        select SourceTree.RelativePath(file));

    [Fact]
    public void Texts_NameNoMachineAndLeaveNothingOpen() => Faults.AssertNone(
        from file in TextFiles()
        from line in File.ReadLines(file).Select((text, index) => (text, number: index + 1))
        from word in BannedWords
        where line.text.Contains(word, StringComparison.Ordinal)
        select $"{SourceTree.RelativePath(file)}:{line.number}: {word}");

    [Fact]
    public void Texts_EndLinesTheSameWay() => Faults.AssertNone(
        from file in TextFiles()
        let text = File.ReadAllText(file)
        where text.Contains('\r') || (text.Length > 0 && !text.EndsWith('\n')) || TrailingBlank().IsMatch(text)
        select $"{SourceTree.RelativePath(file)}: carriage return, blank at the end of a line, or no final newline");

    [Fact]
    public void Scripts_MayBeRun() => Faults.AssertNone(
        from file in SourceTree.Files("eng", "*.sh").Append(SourceTree.PathOf(".ci/run"))
        where !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & UnixFileMode.UserExecute) == 0
        select SourceTree.RelativePath(file));

    private static IEnumerable<string> TextFiles() =>
        TextPatterns.SelectMany(pattern => SourceTree.Files(".", pattern)).Distinct();

    private static IEnumerable<string> PublicTypes(string file) => CSharpSyntaxTree.ParseText(File.ReadAllText(file))
        .GetCompilationUnitRoot().DescendantNodes(node => node is not TypeDeclarationSyntax)
        .OfType<MemberDeclarationSyntax>()
        .Where(member => member.Modifiers.Any(modifier => modifier.IsKind(SyntaxKind.PublicKeyword)))
        .Select(member => member switch
        {
            BaseTypeDeclarationSyntax type => type.Identifier.ValueText,
            DelegateDeclarationSyntax type => type.Identifier.ValueText,
            _ => "",
        })
        .Where(name => name.Length > 0);

    [GeneratedRegex("[ \t]\n")]
    private static partial Regex TrailingBlank();
}
