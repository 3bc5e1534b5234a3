namespace Transports;

/// <summary>What moves the bytes of sockets.</summary>
public enum TransportDriver
{
    /// <summary>The best that this machine offers.</summary>
    Auto,

    /// <summary>The framework's async sockets: any operating system.</summary>
    Portable,

    /// <summary>Linux: a thread per core that waits in epoll and handles what it finds, with no hop between.</summary>
    Reactor,
}
