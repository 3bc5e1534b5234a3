using System.Buffers;

namespace Transports;

/// <summary>Takes the header off the beginning of a stream that a trusted proxy opened.</summary>
internal static class ProxyHeaderReader
{
    /// <summary>Reads it.</summary>
    /// <returns>The same stream with the client's endpoints.</returns>
    /// <exception cref="ProxyHeaderException">It is not there.</exception>
    public static async ValueTask<ByteStream> ReadAsync(
        ByteStream stream, ArrayPool<byte> pool, CancellationToken cancellationToken)
    {
        // Who connects and says nothing costs no buffer.
        await stream.WaitForDataAsync(cancellationToken).ConfigureAwait(false);
        var buffer = pool.Rent(ProxyHeaderParser.MaxBytes);
        try
        {
            for (var length = 0; ;)
            {
                var count = await stream.ReceiveAsync(
                    buffer.AsMemory(length, ProxyHeaderParser.MaxBytes - length), cancellationToken)
                    .ConfigureAwait(false);
                length += count;
                var status = ProxyHeaderParser.Parse(buffer.AsSpan(0, length), out var header);
                if (status == ProxyHeaderStatus.Complete)
                {
                    return new ProxiedByteStream(
                        stream,
                        header.Destination ?? stream.LocalEndPoint,
                        header.Source ?? stream.RemoteEndPoint,
                        buffer.AsSpan(header.Length, length - header.Length).ToArray());
                }

                if (status == ProxyHeaderStatus.Malformed || count == 0)
                {
                    throw new ProxyHeaderException(count == 0
                        ? $"{stream.RemoteEndPoint} ended before its PROXY header did."
                        : $"{stream.RemoteEndPoint} did not begin with a PROXY header.");
                }
            }
        }
        finally
        {
            pool.Return(buffer);
        }
    }
}
