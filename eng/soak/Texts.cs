using System.Text;

namespace Soak;

/// <summary>Messages, most of them short, a few near the limits.</summary>
internal static class Texts
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz0123456789 äöü";

    public static string Next(Random random, int longest)
    {
        var length = random.Next(20) == 0 ? random.Next(longest) : random.Next(Math.Min(120, longest));
        var text = new StringBuilder(length);
        for (var i = 0; i < length; i++)
        {
            text.Append(Letters[random.Next(Letters.Length)]);
        }

        return text.ToString();
    }
}
