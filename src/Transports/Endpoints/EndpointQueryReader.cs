using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Transports.Framing;

namespace Transports;

/// <summary>Reads the options of an endpoint URI one by one, and reports every fault at the end.</summary>
/// <remarks>
/// Made for implementations of <see cref="IEndpointScheme"/>: read every key that the scheme knows, then call
/// <see cref="Finish"/>, which reports the keys that nobody asked for. Not for use by two threads.
/// </remarks>
public sealed class EndpointQueryReader
{
    private readonly EndpointQuery _query;
    private readonly ICollection<string> _faults;
    private readonly SortedSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Begins to read.</summary>
    /// <param name="query">The options.</param>
    /// <param name="faults">Gets a line for every fault.</param>
    public EndpointQueryReader(EndpointQuery query, ICollection<string> faults)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(faults);
        _query = query;
        _faults = faults;
    }

    /// <summary>Reads text.</summary>
    /// <returns>The value, or <paramref name="otherwise"/> if the key is not there.</returns>
    public string Text(string key, string otherwise) => Find(key, out var text) ? text : otherwise;

    /// <summary>Reads a whole number.</summary>
    /// <returns>The value, or <paramref name="otherwise"/> if the key is not there or is faulty.</returns>
    public int Number(string key, int otherwise)
    {
        if (!Find(key, out var text))
        {
            return otherwise;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : Fault(key, text, "a whole number", otherwise);
    }

    /// <summary>Reads <c>true</c> or <c>false</c>.</summary>
    /// <returns>The value, or <paramref name="otherwise"/> if the key is not there or is faulty.</returns>
    public bool Flag(string key, bool otherwise)
    {
        if (!Find(key, out var text))
        {
            return otherwise;
        }

        return bool.TryParse(text, out var value) ? value : Fault(key, text, "true or false", otherwise);
    }

    /// <summary>Reads one of the names of an enumeration; case does not count.</summary>
    /// <returns>The value, or <paramref name="otherwise"/> if the key is not there or is faulty.</returns>
    public T Choice<T>(string key, T otherwise)
        where T : struct, Enum
    {
        if (!Find(key, out var text))
        {
            return otherwise;
        }

        // Numbers are refused: TryParse would take any.
        return char.IsAsciiLetter(text.FirstOrDefault()) && Enum.TryParse<T>(text, ignoreCase: true, out var value)
            ? value
            : Fault(key, text, $"one of {string.Join(", ", Enum.GetNames<T>())}", otherwise);
    }

    /// <summary>
    /// Reads a time: <c>250ms</c>, <c>30s</c>, <c>10m</c>, <c>1h</c>, <c>00:00:30</c> or <c>infinite</c>.
    /// </summary>
    /// <returns>The value, or <paramref name="otherwise"/> if the key is not there or is faulty.</returns>
    public TimeSpan Time(string key, TimeSpan otherwise)
    {
        if (!Find(key, out var text))
        {
            return otherwise;
        }

        return TimeText.TryParse(text, out var value)
            ? value
            : Fault(key, text, "a time such as 250ms, 30s, 10m, 1h, 00:00:30 or infinite", otherwise);
    }

    /// <summary>
    /// Reads a framing: <c>raw</c>, <c>lines</c>, <c>varint</c>, <c>length4</c>, <c>length2</c>, <c>length1</c>,
    /// <c>length4le</c>, <c>length2le</c>, <c>fixed:16</c>, <c>delimited:;</c> or <c>delimited:0x0D0A</c>.
    /// </summary>
    /// <returns>The value, or <paramref name="otherwise"/> if the key is not there or is faulty.</returns>
    public MessageFraming Framing(string key, MessageFraming otherwise)
    {
        if (!Find(key, out var text))
        {
            return otherwise;
        }

        return FramingText.Parse(text) ?? Fault(key, text, FramingText.Expected, otherwise);
    }

    /// <summary>Reads networks with commas between: <c>10.0.0.0/8,2001:db8::/32</c>.</summary>
    /// <returns>The value, or <paramref name="otherwise"/> if the key is not there or is faulty.</returns>
    public IReadOnlyList<IPNetwork> Networks(string key, IReadOnlyList<IPNetwork> otherwise)
    {
        if (!Find(key, out var text))
        {
            return otherwise;
        }

        var networks = new List<IPNetwork>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!IPNetwork.TryParse(part, out var network))
            {
                return Fault(key, text, "networks such as 10.0.0.0/8 with commas between", otherwise);
            }

            networks.Add(network);
        }

        return networks;
    }

    /// <summary>Reads the options that every transport has, named as the properties are.</summary>
    public void Common(TransportOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.DrainTimeout = Time("drainTimeout", options.DrainTimeout);
        options.ReceiveQueueBytes = Number("receiveQueueBytes", options.ReceiveQueueBytes);
    }

    /// <summary>Reads the options of every transport over a stream of bytes, named as the properties are.</summary>
    public void Stream(StreamTransportOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Common(options);
        options.MaxMessageBytes = Number("maxMessageBytes", options.MaxMessageBytes);
        options.MaxConnections = Number("maxConnections", options.MaxConnections);
        options.MaxConnectionsPerAddress = Number("maxConnectionsPerAddress", options.MaxConnectionsPerAddress);
        options.MaxConnectionsPerPrefix = Number("maxConnectionsPerPrefix", options.MaxConnectionsPerPrefix);
        options.PrefixBitsIPv4 = Number("prefixBitsIPv4", options.PrefixBitsIPv4);
        options.PrefixBitsIPv6 = Number("prefixBitsIPv6", options.PrefixBitsIPv6);
        options.MaxAcceptsPerSecond = Number("maxAcceptsPerSecond", options.MaxAcceptsPerSecond);
        options.MinReceiveRate = Number("minReceiveRate", options.MinReceiveRate);
        options.MinReceiveRateGrace = Time("minReceiveRateGrace", options.MinReceiveRateGrace);
        options.MaxConnectionLifetime = Time("maxConnectionLifetime", options.MaxConnectionLifetime);
        options.IdleTimeout = Time("idleTimeout", options.IdleTimeout);
        options.SendTimeout = Time("sendTimeout", options.SendTimeout);
        options.LingerTimeout = Time("lingerTimeout", options.LingerTimeout);
        options.ConnectTimeout = Time("connectTimeout", options.ConnectTimeout);
        options.OutputHighWaterBytes = Number("outputHighWaterBytes", options.OutputHighWaterBytes);
        options.ReadBufferBytes = Number("readBufferBytes", options.ReadBufferBytes);
    }

    /// <summary>Reads the options of every transport over datagrams, named as the properties are.</summary>
    public void Datagram(DatagramTransportOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Common(options);
        options.MaxMessageBytes = Number("maxMessageBytes", options.MaxMessageBytes);
        options.MaxConcurrentMessages = Number("maxConcurrentMessages", options.MaxConcurrentMessages);
        options.MaxReplyFactor = Number("maxReplyFactor", options.MaxReplyFactor);
        options.SourceRatePerSecond = Number("sourceRatePerSecond", options.SourceRatePerSecond);
        options.SourceBurst = Number("sourceBurst", options.SourceBurst);
        options.SourceTableSize = Number("sourceTableSize", options.SourceTableSize);
        options.SourcePrefixBitsIPv4 = Number("sourcePrefixBitsIPv4", options.SourcePrefixBitsIPv4);
        options.SourcePrefixBitsIPv6 = Number("sourcePrefixBitsIPv6", options.SourcePrefixBitsIPv6);
        options.RefusedSourcePorts = Numbers("refusedSourcePorts", options.RefusedSourcePorts);
    }

    /// <summary>Reports every key that nobody asked for, and every value that cannot be.</summary>
    /// <param name="options">The options as read, if there are any to check.</param>
    public void Finish(TransportOptions? options = null)
    {
        options?.Validate(_faults);
        foreach (var (key, _) in _query.Pairs.Where(pair => !_known.Contains(pair.Key)))
        {
            _faults.Add(_known.Count == 0
                ? $"Unknown option '{key}': there are none here."
                : $"Unknown option '{key}' (known: {string.Join(", ", _known)}).");
        }
    }

    private IReadOnlyCollection<int> Numbers(string key, IReadOnlyCollection<int> otherwise)
    {
        if (!Find(key, out var text))
        {
            return otherwise;
        }

        var numbers = new List<int>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return Fault(key, text, "whole numbers with commas between them, or nothing", otherwise);
            }

            numbers.Add(number);
        }

        return numbers;
    }

    private bool Find(string key, [NotNullWhen(true)] out string? text)
    {
        _known.Add(key);
        return _query.TryGet(key, out text);
    }

    private T Fault<T>(string key, string text, string expected, T otherwise)
    {
        _faults.Add($"{key} must be {expected}, but is '{text}'.");
        return otherwise;
    }
}
