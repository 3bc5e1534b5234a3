using System.Globalization;

namespace Transports.Testing;

/// <summary>Reads the grammar that <see cref="NetworkConditions.Parse"/> tells.</summary>
internal sealed class ConditionsReader
{
    private static readonly Dictionary<string, Clause> Clauses = new()
    {
        ["limit"] = (reader, known) => known with { MaxQueuedPackets = (int)reader.Count("number of packets", 1) },
        ["limitbytes"] = (reader, known) =>
            known with { MaxQueuedBytes = reader.Count("number of bytes", 0, long.MaxValue) },
        ["delay"] = (reader, known) => reader.Delay(known),
        ["distribution"] = (reader, known) => known with { Distribution = reader.Distribution() },
        ["maxdelay"] = (reader, known) => known with { MaxDelay = reader.Time() },
        ["slowshare"] = (reader, known) => known with { SlowShare = reader.Percent() },
        ["loss"] = (reader, known) => known with { Loss = new LossReader(reader).Read() },
        ["drop"] = (reader, known) => known with { Loss = new LossReader(reader).Read() },
        ["dropfirst"] = (reader, known) => known with { DropFirst = (int)reader.Count("number of packets", 0) },
        ["droplist"] = (reader, known) => known with { DroppedPackets = reader.Numbers() },
        ["duplicate"] = (reader, known) =>
            known with { Duplicate = reader.Percent(), DuplicateCorrelation = reader.OptionalPercent() ?? 0 },
        ["corrupt"] = (reader, known) =>
            known with { Corrupt = reader.Percent(), CorruptCorrelation = reader.OptionalPercent() ?? 0 },
        ["corruptbits"] = (reader, known) => known with { CorruptBits = (int)reader.Count("number of bits", 1) },
        ["dropcorrupt"] = (_, known) => known with { DropCorrupt = true },
        ["truncate"] = (reader, known) => known with { Truncate = reader.Percent() },
        ["reorder"] = (reader, known) => reader.Reorder(known),
        ["gap"] = (reader, known) => known with
        {
            ReorderGap = (int)reader.Count("distance", 0),
            Reorder = reader.WasSaid("reorder") ? known.Reorder : 1,
        },
        ["rate"] = (reader, known) => reader.Rate(known),
        ["slot"] = (reader, known) => reader.Slot(known),
        ["mtu"] = (reader, known) => known with { MtuBytes = (int)reader.Count("number of bytes", 0) },
        ["seed"] = (reader, known) => known with { Seed = reader.Seed() },
    };

    private readonly WordReader _words;
    private readonly HashSet<string> _said = [];

    private delegate NetworkConditions Clause(ConditionsReader reader, NetworkConditions known);

    private ConditionsReader(string text) => _words = new WordReader(text);

    public static NetworkConditions Read(string text)
    {
        var reader = new ConditionsReader(text);
        var conditions = new NetworkConditions();
        while (!reader._words.IsAtEnd)
        {
            conditions = reader.ReadClause(conditions);
        }

        return conditions;
    }

    public double Percent()
    {
        var word = _words.Take("percentage");
        return Quantities.ReadPercent(word) ?? throw _words.Fault("not a percentage between 0% and 100%");
    }

    public double? OptionalPercent() => IsArgumentNext() ? Percent() : null;

    public bool TakeIf(string word)
    {
        var isNext = _words.Next == word;
        if (isNext)
        {
            _words.Take();
        }

        return isNext;
    }

    public FormatException Fault(string problem) => _words.Fault(problem);

    private NetworkConditions ReadClause(NetworkConditions known)
    {
        var word = _words.Take();
        if (!Clauses.TryGetValue(word, out var clause))
        {
            throw _words.Fault($"expected one of {string.Join(", ", Clauses.Keys)}");
        }

        if (!_said.Add(word == "drop" ? "loss" : word))
        {
            throw _words.Fault("said twice");
        }

        return clause(this, known);
    }

    private bool WasSaid(string clause) => _said.Contains(clause);

    /// <summary>
    /// Whether an argument that may be left out is there. All of those are quantities: what begins with a letter is the
    /// next clause, or was to be one.
    /// </summary>
    private bool IsArgumentNext() => !_words.IsAtEnd && !char.IsLetter(_words.Next[0]);

    private TimeSpan Time()
    {
        var word = _words.Take("time");
        return Quantities.ReadTime(word) ?? throw _words.Fault("not a time such as 40ms, 1.5s or 250us");
    }

    private long Count(string what, long least, long most = int.MaxValue)
    {
        var word = _words.Take(what);
        return long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= least && value <= most
            ? value
            : throw _words.Fault($"not a {what} from {least} to {most}");
    }

    private NetworkConditions Delay(NetworkConditions known) => known with
    {
        Delay = Time(),
        Jitter = IsArgumentNext() ? Time() : TimeSpan.Zero,
        DelayCorrelation = OptionalPercent() ?? 0,
    };

    private DelayDistribution Distribution()
    {
        var word = _words.Take("distribution");
        return Enum.TryParse<DelayDistribution>(word, ignoreCase: true, out var value) && !char.IsAsciiDigit(word[0])
            ? value
            : throw _words.Fault("expected uniform, normal, pareto, paretonormal, exponential or twopeaked");
    }

    private NetworkConditions Reorder(NetworkConditions known) =>
        known with { Reorder = Percent(), ReorderCorrelation = OptionalPercent() ?? 0 };

    private NetworkConditions Rate(NetworkConditions known)
    {
        var word = _words.Take("rate");
        var rate = Quantities.ReadRate(word) ?? throw _words.Fault("not a rate such as 10mbit or 56kbit");
        var overhead = IsArgumentNext() ? Overhead() : 0;
        return IsArgumentNext()
            ? throw AfterNext("cells are not simulated, so nothing follows the packet overhead")
            : known with { BitsPerSecond = rate, PacketOverheadBytes = overhead };
    }

    private int Overhead() =>
        int.TryParse(_words.Take(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw _words.Fault("not a number of bytes");

    private NetworkConditions Slot(NetworkConditions known)
    {
        if (_words.Next == "distribution")
        {
            throw AfterNext("a slot takes MIN and MAX, not a distribution");
        }

        known = known with { SlotMin = Time(), SlotMax = IsArgumentNext() ? Time() : TimeSpan.Zero };
        known = TakeIf("packets") ? known with { MaxSlotPackets = (int)Count("number of packets", 0) } : known;
        return TakeIf("bytes") ? known with { MaxSlotBytes = Count("number of bytes", 0, long.MaxValue) } : known;
    }

    private ulong Seed()
    {
        var word = _words.Take("seed");
        return ulong.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw _words.Fault("not a whole number");
    }

    private long[] Numbers()
    {
        var parts = _words.Take("list of packet numbers").Split(',');
        var numbers = new long[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i])
                || numbers[i] < 1)
            {
                throw _words.Fault("not a list of packet numbers from 1, such as 3,7");
            }
        }

        return numbers;
    }

    private FormatException AfterNext(string problem)
    {
        _words.Take();
        return _words.Fault(problem);
    }
}
