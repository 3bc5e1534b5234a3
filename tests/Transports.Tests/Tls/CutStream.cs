using System.Net.Sockets;

namespace Transports.Tests.Tls;

/// <summary>A socket's stream that sends what it is given in two halves.</summary>
internal sealed class CutStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    /// <summary>Called between two halves.</summary>
    public Action? OnHalf { get; set; }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var half = buffer.Length / 2;
        await base.WriteAsync(buffer[..half], cancellationToken);
        OnHalf?.Invoke();
        await base.WriteAsync(buffer[half..], cancellationToken);
    }
}
