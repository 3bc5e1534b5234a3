namespace Transports.Testing;

public sealed partial record NetworkConditions
{
    /// <summary>Reads conditions as <c>tc netem</c> writes them.</summary>
    /// <param name="text">
    /// Clauses in any order, each at most once; nothing at all is the default. netem's own:
    /// <c>limit PACKETS</c>, <c>delay TIME [JITTER [CORR%]]</c>, <c>distribution
    /// uniform|normal|pareto|paretonormal</c>, <c>loss [random] P% [CORR%]</c>, <c>loss gemodel P% [R% [1-H%
    /// [1-K%]]]</c>,
    /// <c>loss state P13% [P31% [P32% [P23% [P14%]]]]</c>, <c>corrupt P% [CORR%]</c>, <c>duplicate P% [CORR%]</c>,
    /// <c>reorder P% [CORR%] [gap N]</c>, <c>rate RATE [OVERHEAD]</c>, <c>slot MIN [MAX] [packets N] [bytes N]</c>,
    /// <c>seed N</c>. Ours, for which netem has no word: <c>distribution exponential|twopeaked</c>,
    /// <c>maxdelay TIME</c>, <c>slowshare P%</c>, <c>limitbytes N</c>, <c>mtu BYTES</c>, <c>truncate P%</c>,
    /// <c>corruptbits N</c>, <c>dropcorrupt</c>, <c>dropfirst N</c>, <c>droplist N,N,...</c>. As with <c>tc</c>, a time
    /// without a unit counts microseconds, a rate without one bits per second, and the percent sign may be left out.
    /// </param>
    /// <exception cref="FormatException">The text is faulty; the message says what is wrong at which word.</exception>
    public static NetworkConditions Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ConditionsReader.Read(text);
    }

    /// <summary>The text that <see cref="Parse"/> reads back as the same conditions.</summary>
    public override string ToString()
    {
        var clauses = ConditionsWriter.Clauses(this);
        return clauses.Count == 0
            ? $"limit {MaxQueuedPackets}"
            : string.Join(' ', clauses.Select(clause => clause.Text));
    }

    /// <summary>The command that puts these conditions on a network interface of Linux.</summary>
    /// <param name="device">The interface, such as <c>eth0</c>.</param>
    /// <remarks>What netem has no word for follows in a comment, so that the command still runs.</remarks>
    /// <exception cref="ArgumentException"><paramref name="device"/> is no name of an interface.</exception>
    public string ToTcCommand(string device)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(device);
        if (!device.All(character => char.IsAsciiLetterOrDigit(character) || "-_.:@".Contains(character)))
        {
            throw new ArgumentException($"\"{device}\" is no name of a network interface.", nameof(device));
        }

        var clauses = ConditionsWriter.Clauses(this);
        var known = string.Join(' ', clauses.Where(clause => clause.IsNetem).Select(clause => clause.Text));
        var others = string.Join(' ', clauses.Where(clause => !clause.IsNetem).Select(clause => clause.Text));
        var command = $"tc qdisc replace dev {device} root netem {known}".TrimEnd();
        return others.Length == 0 ? command : $"{command}  # netem has no word for: {others}";
    }
}
