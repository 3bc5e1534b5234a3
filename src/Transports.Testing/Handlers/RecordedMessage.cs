using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace Transports.Testing;

/// <summary>A message that a <see cref="RecordingHandler"/> was given.</summary>
/// <param name="Payload">A copy.</param>
/// <param name="RemoteEndPoint">Who sent it.</param>
/// <param name="Connection">The connection that it came over.</param>
[SuppressMessage("Performance", "CA1819", Justification = "A copy that is the test's own.")]
public sealed record RecordedMessage(byte[] Payload, EndPoint RemoteEndPoint, IConnection Connection)
{
    /// <summary>The payload as a text; invalid UTF-8 becomes U+FFFD.</summary>
    public string Text => Encoding.UTF8.GetString(Payload);
}
