using Microsoft.Extensions.Logging;

namespace Transports.Testing;

/// <summary>One category's logger of a <see cref="LogCollector"/>.</summary>
internal sealed class CollectingLogger(LogCollector collector, string category) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= collector.MinimumLevel && logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            collector.Add(new LogEntry(category, logLevel, eventId, formatter(state, exception), exception));
        }
    }
}
