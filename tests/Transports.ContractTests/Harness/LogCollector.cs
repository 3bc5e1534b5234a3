using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Transports.ContractTests;

/// <summary>Keeps what was logged at Warning and above.</summary>
public sealed class LogCollector : ILogger
{
    private readonly ConcurrentQueue<(EventId Event, LogLevel Level, string Text)> _entries = new();

    /// <summary>The errors, oldest first.</summary>
    public IReadOnlyList<string> Errors =>
        [.. _entries.Where(entry => entry.Level >= LogLevel.Error).Select(entry => entry.Text)];

    /// <summary>What a transport is given; all its loggers log here.</summary>
    public ILoggerFactory Factory => new CollectorFactory(this);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            _entries.Enqueue((eventId, logLevel, $"{eventId.Name}: {formatter(state, exception)} {exception}"));
        }
    }

    private sealed class CollectorFactory(LogCollector logs) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => logs;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
