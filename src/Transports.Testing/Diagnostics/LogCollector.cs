using Microsoft.Extensions.Logging;

namespace Transports.Testing;

/// <summary>Keeps what is logged, so that a test can say what must be logged, and what must not.</summary>
/// <remarks>
/// A factory for a transport's constructor, and a provider for <c>AddLogging(logging => logging.AddProvider(...))</c>.
/// All members may be used from any thread; lists are copies.
/// </remarks>
public sealed class LogCollector : ILoggerFactory, ILoggerProvider
{
    private readonly Lock _gate = new();
    private readonly StateSignal _signal;
    private readonly List<LogEntry> _entries = [];

    /// <summary>Makes an empty one.</summary>
    public LogCollector() => _signal = new StateSignal(_gate);

    /// <summary>What is below this is not enabled. Default <see cref="LogLevel.Trace"/>: everything is kept.</summary>
    public LogLevel MinimumLevel { get; init; } = LogLevel.Trace;

    /// <summary>How long, in real time, <see cref="WaitForAsync"/> waits before it fails. Default 30 s.</summary>
    public TimeSpan WaitTimeout { get; init; } = StateSignal.DefaultTimeout;

    /// <summary>What was logged so far, in order.</summary>
    public IReadOnlyList<LogEntry> Entries
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries];
            }
        }
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new CollectingLogger(this, categoryName);

    /// <summary>What was logged so far under this event name.</summary>
    public IReadOnlyList<LogEntry> Named(string eventName) =>
        [.. Entries.Where(entry => entry.EventName == eventName)];

    /// <summary>Throws if anything as serious as this was logged.</summary>
    /// <param name="level">From this level on.</param>
    /// <param name="except">Names of events that the test expects.</param>
    /// <exception cref="InvalidOperationException">Shows every entry that was not expected.</exception>
    public void VerifyNothing(LogLevel level = LogLevel.Error, params IEnumerable<string> except)
    {
        var expected = except.ToHashSet(StringComparer.Ordinal);
        var entries = Entries.Where(entry => entry.Level >= level && !expected.Contains(entry.EventName)).ToList();
        if (entries.Count > 0)
        {
            throw new InvalidOperationException(
                $"Nothing was to be logged at {level} or above, but was:{Environment.NewLine}"
                + string.Join(Environment.NewLine, entries));
        }
    }

    /// <summary>Waits until <paramref name="count"/> entries of this event are there; gives all that are.</summary>
    /// <exception cref="TimeoutException">Fewer were logged in time.</exception>
    public async Task<IReadOnlyList<LogEntry>> WaitForAsync(
        string eventName, int count = 1, CancellationToken cancellationToken = default)
    {
        await _signal.WaitAsync(
            () => _entries.Count(entry => entry.EventName == eventName) >= count,
            WaitTimeout,
            () => $"Expected {count} logged {eventName}, but {Texts.List([.. Entries.Select(entry => $"{entry}")])}",
            cancellationToken).ConfigureAwait(false);
        return Named(eventName);
    }

    void ILoggerFactory.AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("A LogCollector is the only provider of its loggers.");

    /// <summary>Does nothing: what was collected stays readable when a host has disposed of its providers.</summary>
    public void Dispose()
    {
    }

    internal void Add(LogEntry entry)
    {
        lock (_gate)
        {
            _entries.Add(entry);
            _signal.Changed();
        }
    }
}
