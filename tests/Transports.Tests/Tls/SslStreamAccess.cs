using System.Net.Security;
using System.Runtime.CompilerServices;

namespace Transports.Tests.Tls;

/// <summary>What is below TLS: for peers that misbehave there on purpose.</summary>
internal static class SslStreamAccess
{
    public static Stream InnerStreamOf(this SslStream tls) => GetInnerStream(tls);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_InnerStream")]
    private static extern Stream GetInnerStream(AuthenticatedStream tls);
}
