using System.Numerics;
using System.Runtime.CompilerServices;

namespace Transports.Testing;

/// <summary>The checks of the setters.</summary>
internal static class Limits
{
    public static TimeSpan NotNegative(TimeSpan value, [CallerMemberName] string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, name);
        return value;
    }

    public static T NotNegative<T>(T value, [CallerMemberName] string? name = null)
        where T : INumber<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value, name);
        return value;
    }

    public static T Positive<T>(T value, [CallerMemberName] string? name = null)
        where T : INumber<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        return value;
    }

    public static T Defined<T>(T value, [CallerMemberName] string? name = null)
        where T : struct, Enum =>
        Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(name, value, "Not a member of the enum.");
}
