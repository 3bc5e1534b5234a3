using System.Net.Sockets;

namespace Transports;

/// <summary>Resets a connection without closing its descriptor, which another thread may be using.</summary>
internal static unsafe class SocketReset
{
    /// <summary>
    /// Connecting to "no address" dissolves a TCP connection, and the peer gets a reset (connect(2), AF_UNSPEC). A Unix
    /// socket knows no reset; shutting it down is the most that there is.
    /// </summary>
    /// <remarks>
    /// The handle is held for the call: once it is closed its number may already be another socket's, and that one's
    /// connection would be the one to die.
    /// </remarks>
    public static void Break(Socket socket)
    {
        var noAddress = stackalloc byte[16];
        new Span<byte>(noAddress, 16).Clear();
        var handle = socket.SafeHandle;
        var isHeld = false;
        try
        {
            handle.DangerousAddRef(ref isHeld);
            if (socket.AddressFamily == AddressFamily.Unix)
            {
                socket.Shutdown(SocketShutdown.Both);
            }
            else
            {
                _ = LibC.Connect((int)handle.DangerousGetHandle(), noAddress, 16);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The connection was gone already.
        }
        finally
        {
            if (isHeld)
            {
                handle.DangerousRelease();
            }
        }
    }
}
