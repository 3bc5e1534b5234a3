using System.Globalization;

namespace Transports.Testing;

/// <summary>Where two runs that should be the same part, and what usually causes that.</summary>
internal static class Divergence
{
    /// <summary>Says it; null if they are the same.</summary>
    public static string? Find(ulong seed, IReadOnlyList<NetworkTraceEvent> one, IReadOnlyList<NetworkTraceEvent> other)
    {
        for (var index = 0; index < Math.Max(one.Count, other.Count); index++)
        {
            var (left, right) = (one.ElementAtOrDefault(index), other.ElementAtOrDefault(index));
            if (!AreEqual(left, right))
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"Two runs with seed {seed} differ, first in event {index + 1}:\n  {Line(left)}\n  ")
                    + $"{Line(right)}\nThe likely cause: {Cause(left, right)}.";
            }
        }

        return null;
    }

    private static string Cause(NetworkTraceEvent? left, NetworkTraceEvent? right)
    {
        if (left is not null && right is not null && AreEqual(WithoutPayload(left), WithoutPayload(right)))
        {
            return "a payload with the wall clock, Guid.NewGuid, Random.Shared or the order of a hash table in it, or "
                + "with state that is kept from one run to the next";
        }

        return left is not null && right is not null && AreEqual(WithoutTime(left), WithoutTime(right))
            ? "a timer or delay that goes by another clock than the network's Time, or whose length is random"
            : "Task.Run or ConfigureAwait(false) in the scenario, a timer without the network's Time, a decision by "
                + "the wall clock, Random.Shared or the order of a hash table, or state kept from one run to the next";
    }

    private static bool AreEqual(NetworkTraceEvent? left, NetworkTraceEvent? right) =>
        left is null || right is null
            ? left == right
            : left with { Payload = default } == right with { Payload = default }
                && left.Payload.Span.SequenceEqual(right.Payload.Span);

    private static NetworkTraceEvent WithoutPayload(NetworkTraceEvent item) =>
        item with { Payload = default, PayloadBytes = 0 };

    private static NetworkTraceEvent WithoutTime(NetworkTraceEvent item) => item with { Time = TimeSpan.Zero };

    private static string Line(NetworkTraceEvent? item) => item is null ? "(none)" : TraceTexts.Line(item);
}
