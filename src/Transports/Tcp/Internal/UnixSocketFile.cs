using System.Net.Sockets;

namespace Transports;

/// <summary>The file of a Unix socket. A process that was killed leaves it behind; one that stops removes it.</summary>
internal static class UnixSocketFile
{
    /// <summary>Removes the file if nobody listens on it any more; a living server's is left alone.</summary>
    public static void RemoveStale(UnixDomainSocketEndPoint endPoint)
    {
        var path = endPoint.ToString();
        if (!File.Exists(path))
        {
            return;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endPoint);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
        }
        catch (SocketException)
        {
            // Not a socket at all, or not ours to touch: the bind will say so.
        }
    }

    public static void SetMode(UnixDomainSocketEndPoint endPoint, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows() && !IsAbstract(endPoint))
        {
            File.SetUnixFileMode(endPoint.ToString(), mode);
        }
    }

    public static void Remove(UnixDomainSocketEndPoint endPoint)
    {
        if (!IsAbstract(endPoint))
        {
            File.Delete(endPoint.ToString());
        }
    }

    /// <summary>Linux has names that are no files; they are shown with a leading @.</summary>
    private static bool IsAbstract(UnixDomainSocketEndPoint endPoint) => endPoint.ToString().StartsWith('@');
}
