using System.Globalization;
using System.Text;

namespace Transports.Load;

/// <summary>A Markdown page: lines and tables, numbers by the invariant culture.</summary>
internal sealed class Page
{
    private readonly StringBuilder _text = new();

    public void Heading(string text) => _text.Append('\n').Append("## ").Append(text).Append("\n\n");

    public void Line(string text = "") => _text.Append(text).Append('\n');

    /// <summary>A table; the first column is text, the others are numbers.</summary>
    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        Row(columns);
        Row([.. columns.Select((_, index) => index == 0 ? "---" : "---:")]);
        foreach (var row in rows)
        {
            Row(row);
        }
    }

    /// <summary>Three digits that count, or a dash if there is nothing.</summary>
    public static string Number(double value) => value switch
    {
        double.NaN => "–",
        >= 1000 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("F0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("F1", CultureInfo.InvariantCulture),
        0 => "0",
        _ => value.ToString("F2", CultureInfo.InvariantCulture),
    };

    public static string Ratio(double value) =>
        double.IsNaN(value) ? "–" : value.ToString("F2", CultureInfo.InvariantCulture);

    public override string ToString() => _text.ToString();

    private void Row(IReadOnlyList<string> cells) =>
        _text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
