namespace Transports.Testing;

/// <summary>The words of a text, one after the other, and faults that name them.</summary>
internal sealed class WordReader(string text)
{
    private readonly string[] _words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    private int _next;

    public bool IsAtEnd => _next == _words.Length;

    /// <summary>The next word, which stays the next; empty at the end.</summary>
    public string Next => IsAtEnd ? "" : _words[_next];

    public string Take() => _words[_next++];

    public string Take(string what) =>
        IsAtEnd ? throw FaultAtEnd($"there is no {what} after \"{_words[^1]}\"") : Take();

    /// <summary>A fault at the word that was taken last.</summary>
    public FormatException Fault(string problem) => new($"Word {_next} (\"{_words[_next - 1]}\"): {problem}.");

    private static FormatException FaultAtEnd(string problem) => new($"At the end: {problem}.");
}
