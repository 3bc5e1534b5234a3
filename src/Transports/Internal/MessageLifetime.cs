using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Transports;

/// <summary>How long a context and its reply may be used, and what they say afterwards.</summary>
internal static class MessageLifetime
{
    /// <summary>Called for every message: nothing but the check is inlined.</summary>
    /// <exception cref="ObjectDisposedException">The handler has ended.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ThrowIfEnded([DoesNotReturnIf(true)] bool hasEnded)
    {
        if (hasEnded)
        {
            Throw();
        }
    }

    // Names the type that a handler's author knows, not the one that implements it.
    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Throw() => throw new ObjectDisposedException(
        nameof(MessageContext),
        "The message has been handled: its context, with Payload, Connection and Reply, is valid until the task of "
        + "HandleAsync ends. Copy what must live longer, and await all that uses the context.");
}
