using Microsoft.Extensions.Logging;

namespace Transports.Testing;

/// <summary>What was logged once.</summary>
/// <param name="Category">The logger's name.</param>
/// <param name="Level">How serious it is.</param>
/// <param name="EventId">The event's number and name.</param>
/// <param name="Text">The message with its values filled in.</param>
/// <param name="Exception">The exception that was logged with it.</param>
public sealed record LogEntry(string Category, LogLevel Level, EventId EventId, string Text, Exception? Exception)
{
    /// <summary>The event's name; empty if it has none.</summary>
    public string EventName => EventId.Name ?? "";

    /// <summary>In one line, and the exception after it.</summary>
    public override string ToString()
    {
        var line = $"{Level} {EventName}: {Text}";
        return Exception is null ? line : line + Environment.NewLine + Exception;
    }
}
