using System.Net;

namespace Transports.ContractTests;

/// <summary>
/// All that the contract suite needs to know of a transport. To put another transport under the suite: derive one of
/// these, and one empty class each from <see cref="TransportContract"/> and <see cref="FootprintContract"/>.
/// </summary>
public abstract class TransportHarness
{
    /// <summary>A peer that resets is told from one that leaves: false on Unix sockets, which have no reset.</summary>
    public virtual bool SeesResets => true;

    /// <summary>Two instances reach each other: false where an instance is a network of its own.</summary>
    public virtual bool InstancesMeet => true;

    /// <summary>
    /// What is written at once is read at once, if it is short: false where the test says where reads end.
    /// </summary>
    public virtual bool OneWriteIsOneRead => true;

    /// <summary>Makes a transport; every call gives a new instance.</summary>
    public abstract ITransport CreateTransport(TransportSettings settings);

    /// <summary>An endpoint to listen on that is free: with port 0, or with a name never used before.</summary>
    public abstract EndPoint NewEndPoint();

    /// <summary>An endpoint of a kind that this transport does not serve.</summary>
    public abstract EndPoint ForeignEndPoint();

    /// <summary>
    /// Connects a peer below the transport: a <see cref="RawStreamPeer"/> where the transport is connection-oriented.
    /// </summary>
    public abstract Task<RawPeer> ConnectRawAsync(ITransport transport, EndPoint remoteEndPoint);
}
