using Microsoft.Extensions.Logging;

namespace Transports.Testing.Tests;

public sealed partial class LogCollectorTests
{
    private readonly LogCollector _logs = new();

    [Fact]
    public void Log_KeepsEverythingAboutIt()
    {
        var cause = new InvalidOperationException("cause");
        Boiled(_logs.CreateLogger("Kitchen"), "kettle", cause);
        Assert.Equal(
            new LogEntry("Kitchen", LogLevel.Error, new EventId(7, "Boiled"), "The kettle boiled over", cause),
            Assert.Single(_logs.Entries));
        Assert.Equal("Boiled", _logs.Entries[0].EventName);
        Assert.Contains("Error Boiled: The kettle boiled over", $"{_logs.Entries[0]}", StringComparison.Ordinal);
        Assert.Contains("cause", $"{_logs.Entries[0]}", StringComparison.Ordinal);
    }

    [Fact]
    public void Log_BelowTheMinimum_IsNotKept()
    {
        var logs = new LogCollector { MinimumLevel = LogLevel.Warning };
        var logger = logs.CreateLogger("Kitchen");
        logger.LogInformation("quiet");
        logger.LogWarning("loud");
        Assert.False(logger.IsEnabled(LogLevel.Information));
        Assert.True(logger.IsEnabled(LogLevel.Warning));
        Assert.False(logger.IsEnabled(LogLevel.None));
        Assert.Equal(["loud"], logs.Entries.Select(entry => entry.Text));
    }

    [Fact]
    public void Named_GivesThoseOfThatEvent()
    {
        var logger = _logs.CreateLogger("Kitchen");
        logger.LogError("another");
        Boiled(logger, "pot", null);
        Assert.Equal(["The pot boiled over"], _logs.Named("Boiled").Select(entry => entry.Text));
        Assert.Empty(_logs.Named("Frozen"));
    }

    [Fact]
    public void VerifyNothing_NothingSerious_Passes()
    {
        var logger = _logs.CreateLogger("Kitchen");
        logger.LogWarning("nearly");
        Boiled(logger, "pot", null);
        _logs.VerifyNothing(LogLevel.Error, "Boiled");
        _logs.VerifyNothing(LogLevel.Critical);
    }

    [Fact]
    public void VerifyNothing_Unexpected_ThrowsAndShowsIt()
    {
        var logger = _logs.CreateLogger("Kitchen");
        Boiled(logger, "pot", null);
        Assert.Contains(
            "Error Boiled: The pot boiled over",
            Assert.Throws<InvalidOperationException>(() => _logs.VerifyNothing()).Message,
            StringComparison.Ordinal);
        logger.LogWarning("nearly");
        Assert.Contains(
            "nearly",
            Assert.Throws<InvalidOperationException>(() => _logs.VerifyNothing(LogLevel.Warning, "Boiled")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task WaitForAsync_LoggedLater_Ends()
    {
        var wait = _logs.WaitForAsync("Boiled", 2);
        var logger = _logs.CreateLogger("Kitchen");
        Boiled(logger, "pot", null);
        Assert.False(wait.IsCompleted);
        Boiled(logger, "kettle", null);
        Assert.Equal(2, (await wait).Count);
    }

    [Fact]
    public async Task WaitForAsync_NotLogged_FailsAndShowsWhatWas()
    {
        var logs = new LogCollector { WaitTimeout = TimeSpan.FromMilliseconds(1) };
        logs.CreateLogger("Kitchen").LogWarning("nearly");
        var exception = await Assert.ThrowsAsync<TimeoutException>(() => logs.WaitForAsync("Boiled"));
        Assert.Contains("Expected 1 logged Boiled, but 1 came", exception.Message, StringComparison.Ordinal);
        Assert.Contains("nearly", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AsAProvider_OfALoggerFactory_Collects()
    {
        using (var factory = LoggerFactory.Create(logging => logging.AddProvider(_logs)))
        {
            factory.CreateLogger("Kitchen").LogError("through");
        }

        Assert.Equal(["through"], _logs.Entries.Select(entry => entry.Text));
    }

    [Fact]
    public void AddProvider_Throws()
    {
        ILoggerFactory factory = _logs;
        Assert.Throws<NotSupportedException>(() => factory.AddProvider(new LogCollector()));
    }

    [Fact]
    public async Task OverMemory_AHandlerThatFaults_IsLoggedOnceAtError()
    {
        var transport = new InMemoryTransport(loggerFactory: _logs);
        var name = new InMemoryEndPoint("faulty");
        var fault = new InvalidOperationException("handler");
        await using var listener = await transport.ListenAsync(name, MessageHandler.Create((_, _) => throw fault));
        await using var client = await transport.ConnectAsync(name);
        await client.SendAsync("hello");

        var entry = Assert.Single(await _logs.WaitForAsync("HandlerFaulted"));
        Assert.Same(fault, entry.Exception);
        _logs.VerifyNothing(LogLevel.Error, "HandlerFaulted");
    }

    [LoggerMessage(7, LogLevel.Error, "The {What} boiled over", EventName = "Boiled")]
    private static partial void Boiled(ILogger logger, string what, Exception? cause);
}
