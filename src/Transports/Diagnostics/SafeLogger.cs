using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Transports.Diagnostics;

/// <summary>
/// Another logger, whose exceptions end here: a line that cannot be written is lost, and the loop, timer or socket that
/// had something to say goes on.
/// </summary>
#pragma warning disable CA1031 // That is what it is for: a logger's fault has nowhere else to be told.
internal sealed class SafeLogger : ILogger
{
    private readonly ILogger _inner;

    private SafeLogger(ILogger inner) => _inner = inner;

    /// <summary>A logger of that factory; null logs nowhere.</summary>
    public static ILogger Create(ILoggerFactory? factory, string category) =>
        factory is null ? NullLogger.Instance : new SafeLogger(factory.CreateLogger(category));

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => _inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return _inner.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            return false;
        }
    }

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        try
        {
            _inner.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            // Nor is there another place to log it.
        }
    }
}
