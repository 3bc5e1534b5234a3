using System.Text;

namespace Transports.Testing;

internal static class Texts
{
    public static IReadOnlyList<string> Decode(IEnumerable<byte[]> messages) =>
        [.. messages.Select(Encoding.UTF8.GetString)];

    /// <summary>For failure messages: what has come, cut short.</summary>
    public static string List(IReadOnlyList<string> texts)
    {
        const int Shown = 5;
        var list = string.Join(", ", texts.Take(Shown).Select(text => $"\"{text}\""));
        return texts.Count switch
        {
            0 => "none came",
            <= Shown => $"{texts.Count} came: {list}",
            _ => $"{texts.Count} came: {list}, ...",
        };
    }
}
