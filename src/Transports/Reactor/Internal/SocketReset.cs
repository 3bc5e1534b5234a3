namespace Transports;

/// <summary>Resets a connection without closing its descriptor, which another thread may be using.</summary>
internal static unsafe class SocketReset
{
    /// <summary>
    /// Connecting to "no address" dissolves a TCP connection, and the peer gets a reset (connect(2), AF_UNSPEC). A Unix
    /// socket knows no reset and refuses that; shutting it down is the most that there is.
    /// </summary>
    public static void Break(int descriptor)
    {
        var noAddress = stackalloc byte[16];
        new Span<byte>(noAddress, 16).Clear();
        if (LibC.Connect(descriptor, noAddress, 16) != 0)
        {
            _ = LibC.Shutdown(descriptor, LibC.ShutdownBoth);
        }
    }
}
