using System.Net.Sockets;

namespace Transports;

/// <summary>The file of a Unix socket. A process that was killed leaves it behind; one that stops removes it.</summary>
internal static class UnixSocketFile
{
    /// <summary>Removes the file if nobody listens on it any more; a living server's is left alone.</summary>
    public static void RemoveStale(UnixDomainSocketEndPoint endPoint)
    {
        var path = endPoint.ToString();
        if (!File.Exists(path) || !IsSocket(path))
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
            // Not ours to touch: the bind will say so.
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

    /// <summary>
    /// A connection to any other kind of file is refused just as one to a dead socket is. But only a socket cannot be
    /// opened: ENXIO on Linux, EOPNOTSUPP on macOS, a reparse point on Windows.
    /// </summary>
    private static bool IsSocket(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint);
        }

        try
        {
            // For reading and writing, since opening a named pipe for one of them would wait for the other.
            File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite).Dispose();
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException exception)
        {
            return exception.HResult is 6 or 102;
        }
    }

    /// <summary>Linux has names that are no files; they are shown with a leading @.</summary>
    private static bool IsAbstract(UnixDomainSocketEndPoint endPoint) => endPoint.ToString().StartsWith('@');
}
