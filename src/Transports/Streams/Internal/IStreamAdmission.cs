using System.Net;

namespace Transports;

/// <summary>What stands between a stream that was accepted and the connection made of it, such as TLS.</summary>
internal interface IStreamAdmission
{
    /// <summary>How long it may take.</summary>
    TimeSpan Timeout { get; }

    /// <summary>How many streams may be in it at once.</summary>
    int MaxPending { get; }

    /// <summary>False for a stream that becomes a connection at once.</summary>
    bool Concerns(ByteStream accepted);

    /// <summary>The address to count it under as long as it is in here; null to count it under none.</summary>
    IPAddress? CountsAs(ByteStream accepted);

    /// <summary>
    /// Makes of what was accepted the stream of a connection. Runs on the thread pool. When it throws, what was
    /// accepted is disposed of by the caller.
    /// </summary>
    ValueTask<ByteStream> AdmitAsync(ByteStream accepted, CancellationToken cancellationToken);
}
