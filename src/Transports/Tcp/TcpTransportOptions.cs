using Transports.Framing;

namespace Transports;

/// <summary>Options of <see cref="TcpTransport"/>.</summary>
public class TcpTransportOptions : StreamTransportOptions
{
    /// <summary>How messages are told apart in the stream. Default <see cref="MessageFraming.Lines"/>.</summary>
    public MessageFraming Framing { get; set; } = MessageFraming.Lines;

    /// <summary>
    /// How many threads the reactor driver leads; transports that ask for the same number share them. Default 0: one
    /// for each core.
    /// </summary>
    public int ReactorThreads { get; set; }

    /// <summary>
    /// Sends small packets at once (TCP_NODELAY, RFC 896). Default true: replies of one batch leave together anyway.
    /// </summary>
    public bool NoDelay { get; set; } = true;

    /// <summary>
    /// How many connections may wait to be accepted; the system may allow fewer (net.core.somaxconn). Default 512.
    /// </summary>
    public int Backlog { get; set; } = 512;

    /// <summary>
    /// Serve IPv4 too when the address is <see cref="System.Net.IPAddress.IPv6Any"/>. Default true.
    /// </summary>
    public bool DualMode { get; set; } = true;

    /// <summary>
    /// The permissions of the file of a Unix socket. Default: the owner may connect, nobody else. Not on Windows.
    /// </summary>
    public UnixFileMode UnixSocketMode { get; set; } = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <inheritdoc/>
    protected internal override void Validate(ICollection<string> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        base.Validate(faults);
        OptionRules.AtLeast(faults, Backlog, 1, nameof(Backlog));
        OptionRules.AtLeast(faults, ReactorThreads, 0, nameof(ReactorThreads));
        if (Framing is null)
        {
            faults.Add($"{nameof(Framing)} must be set.");
        }
    }
}
