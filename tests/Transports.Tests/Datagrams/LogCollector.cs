using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Transports.Tests.Datagrams;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogCollector : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string? Name, string Text, Exception? Exception)> _lines = new();

    public IReadOnlyList<(LogLevel Level, string? Name, string Text, Exception? Exception)> Lines => [.. _lines];

    public IReadOnlyList<(LogLevel Level, string? Name, string Text, Exception? Exception)> Named(string name) =>
        [.. _lines.Where(line => line.Name == name)];

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public ILogger CreateLogger(string categoryName) => this;

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((logLevel, eventId.Name, formatter(state, exception), exception));
}
