using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Transports.Tests.Datagrams;

/// <summary>Throws whatever it is asked to log.</summary>
internal sealed class FaultyLogger : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string?> _names = new();

    /// <summary>The events that it was asked to log.</summary>
    public IReadOnlyCollection<string?> Names => [.. _names];

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public ILogger CreateLogger(string categoryName) => this;

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => throw new NotSupportedException();

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        _names.Enqueue(eventId.Name);
        throw new InvalidOperationException("The disk is full.");
    }
}
