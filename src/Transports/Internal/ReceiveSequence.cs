using System.Runtime.CompilerServices;

namespace Transports;

/// <summary>Receives message after message from any connection.</summary>
internal static class ReceiveSequence
{
    /// <summary>Ends at an orderly close; throws at any other.</summary>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAllAsync(
        IConnection connection, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadOnlyMemory<byte> message;
            try
            {
                message = await connection.ReceiveAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (ConnectionClosedException exception) when (IsOrderly(exception.Reason))
            {
                yield break;
            }

            yield return message;
        }
    }

    private static bool IsOrderly(CloseReason reason) =>
        reason is CloseReason.LocalClosed or CloseReason.RemoteClosed or CloseReason.ShuttingDown;
}
