using Transports.Framing;

namespace Transports.Tests.Endpoints;

public class EndpointQueryReaderTests
{
    private readonly List<string> _faults = [];

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("30s", 30_000)]
    [InlineData("10m", 600_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("00:00:30", 30_000)]
    [InlineData("infinite", -1)]
    public void Time_InAnyUnit_IsRead(string text, int milliseconds)
    {
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Reader(text).Time("key", TimeSpan.Zero));
        Assert.Empty(_faults);
    }

    [Theory]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1.5s")]
    [InlineData("2147483647h")]
    [InlineData("1:")]
    [InlineData("3 days")]
    public void Time_OfSomethingElse_IsAFault(string text)
    {
        Assert.Equal(TimeSpan.FromTicks(7), Reader(text).Time("key", TimeSpan.FromTicks(7)));
        Assert.Contains($"'{text}'", Assert.Single(_faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("raw")]
    [InlineData("lines")]
    [InlineData("varint")]
    [InlineData("length1")]
    [InlineData("length2")]
    [InlineData("length4")]
    [InlineData("length2le")]
    [InlineData("length4le")]
    [InlineData("fixed:16")]
    [InlineData("delimited:0x0D0A")]
    public void Framing_OfEveryName_IsReadAndNamedTheSame(string name)
    {
        var framing = Reader(name).Framing("key", null!);
        Assert.Empty(_faults);
        Assert.Equal(name, framing.UriName);
        Assert.Equal(name, framing.ToString());
    }

    [Theory]
    [InlineData("delimited:;", "delimited:0x3B")]
    [InlineData("DELIMITED:a:b", "delimited:0x613A62")]
    [InlineData("Raw", "raw")]
    public void Framing_InAnotherSpelling_IsReadToo(string text, string name) =>
        Assert.Equal(name, Reader(text).Framing("key", MessageFraming.Lines).UriName);

    [Theory]
    [InlineData("frames")]
    [InlineData("lines:1")]
    [InlineData("length3")]
    [InlineData("length1le")]
    [InlineData("fixed")]
    [InlineData("fixed:0")]
    [InlineData("fixed:-1")]
    [InlineData("fixed:99999999999")]
    [InlineData("delimited:")]
    [InlineData("delimited:0x")]
    [InlineData("delimited:0x0")]
    public void Framing_OfSomethingElse_IsAFault(string text)
    {
        Assert.Same(MessageFraming.Raw, Reader(text).Framing("key", MessageFraming.Raw));
        Assert.Contains($"'{text}'", Assert.Single(_faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("monday", DayOfWeek.Monday, 0)]
    [InlineData("Monday", DayOfWeek.Monday, 0)]
    [InlineData("1", DayOfWeek.Friday, 1)]
    [InlineData("", DayOfWeek.Friday, 1)]
    [InlineData("someday", DayOfWeek.Friday, 1)]
    public void Choice_OfAName_IsReadAndOfSomethingElseIsAFault(string text, DayOfWeek expected, int faults)
    {
        Assert.Equal(expected, Reader(text).Choice("key", DayOfWeek.Friday));
        Assert.Equal(faults, _faults.Count);
    }

    [Fact]
    public void Values_OfTheWrongKind_AreReportedTogether()
    {
        var reader = new EndpointQueryReader(EndpointUri.Parse("tcp://a:1?n=1x&f=yes&t=ok&other=1").Query, _faults);
        Assert.Equal(7, reader.Number("n", 7));
        Assert.True(reader.Flag("f", true));
        Assert.Equal("ok", reader.Text("t", ""));
        Assert.Equal("none", reader.Text("missing", "none"));
        reader.Finish();
        Assert.Equal(
            [
                "n must be a whole number, but is '1x'.",
                "f must be true or false, but is 'yes'.",
                "Unknown option 'other' (known: f, missing, n, t).",
            ],
            _faults);
    }

    [Fact]
    public void Stream_OfEveryOption_SetsThemAll()
    {
        var query = EndpointUri.Parse("tcp://a:1?drainTimeout=1s&receiveQueueBytes=2&maxMessageBytes=3&maxConnections=4"
            + "&maxConnectionsPerAddress=5&idleTimeout=6s&sendTimeout=7s&lingerTimeout=8s&connectTimeout=9s"
            + "&outputHighWaterBytes=10&readBufferBytes=11").Query;
        var options = new InMemoryTransportOptions();
        var reader = new EndpointQueryReader(query, _faults);
        reader.Stream(options);
        reader.Finish(options);
        Assert.Empty(_faults);
        Assert.Equal(
            [1, 6, 7, 8, 9],
            new[]
            {
                options.DrainTimeout, options.IdleTimeout, options.SendTimeout, options.LingerTimeout,
                options.ConnectTimeout,
            }.Select(time => time.TotalSeconds));
        Assert.Equal(
            [2, 3, 4, 5, 10, 11],
            [
                options.ReceiveQueueBytes, options.MaxMessageBytes, options.MaxConnections,
                options.MaxConnectionsPerAddress, options.OutputHighWaterBytes, options.ReadBufferBytes,
            ]);
    }

    private EndpointQueryReader Reader(string value) =>
        new(new EndpointQuery(new KeyValuePair<string, string>("key", value)), _faults);
}
