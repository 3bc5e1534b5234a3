using System.Net;
using System.Net.Sockets;

namespace Transports;

/// <summary>The one place where the errors of sockets become the exceptions of transports.</summary>
internal static class SocketErrors
{
    /// <summary>What a failed bind or listen means.</summary>
    public static TransportException OnBind(SocketException exception, EndPoint endPoint) =>
        exception.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse =>
                new AddressInUseException($"{endPoint} is in use already.", exception),

            // Windows says this for a port that another socket holds exclusively, or that lies in a reserved range.
            SocketError.AccessDenied =>
                new TransportException($"Binding {endPoint} is not allowed.", exception),
            // ENOENT, which .NET calls by the same name as an address that is not there.
            SocketError.AddressNotAvailable when endPoint is UnixDomainSocketEndPoint =>
                new TransportException($"There is no folder for the socket {endPoint}.", exception),
            SocketError.AddressNotAvailable =>
                new TransportException($"{endPoint} is not an address of this machine.", exception),
            _ => new TransportException($"{endPoint} cannot be bound: {exception.Message}", exception),
        };

    /// <summary>What a failed attempt to connect means.</summary>
    public static ConnectionFailedException OnConnect(SocketException exception, EndPoint endPoint)
    {
        var peer = SocketEndPoints.Describe(endPoint);
        return exception.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => new ConnectionFailedException($"Nobody listens on {peer}.", exception),
            SocketError.TimedOut => new ConnectionFailedException($"{peer} did not answer in time.", exception),
            _ => new ConnectionFailedException($"Connecting to {peer} failed: {exception.Message}", exception),
        };
    }

    /// <summary>What a failed send or receive on a stream means.</summary>
    public static ConnectionClosedException OnTransfer(SocketException exception) =>
        new(ToCloseReason(exception.SocketErrorCode), exception.Message, exception);

    /// <summary>What a failed send of a datagram means.</summary>
    public static TransportException OnDatagram(SocketException exception, int length) =>
        exception.SocketErrorCode == SocketError.MessageSize
            ? new MessageTooLongException($"The system sends no datagram of {length} bytes.", exception)
            : new TransportException($"A datagram could not be sent: {exception.Message}", exception);

    /// <summary>True for an error that only says that this process closed or cancelled the operation.</summary>
    public static bool IsOwnDoing(SocketError error) =>
        error is SocketError.OperationAborted or SocketError.Interrupted or SocketError.NotSocket;

    /// <summary>True where no further attempt to accept on this socket can succeed.</summary>
    public static bool EndsAccepting(SocketError error) =>
        IsOwnDoing(error) || error is SocketError.InvalidArgument or SocketError.OperationNotSupported;

    /// <summary>True for an error of accept that concerns only the peer that was to be accepted (accept(2)).</summary>
    public static bool IsPeerGone(SocketError error) =>
        error is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.NetworkDown
            or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.HostUnreachable;

    private static CloseReason ToCloseReason(SocketError error) => error switch
    {
        // Writing to a stream whose peer has gone is EPIPE, which .NET calls Shutdown.
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown =>
            CloseReason.RemoteReset,
        SocketError.OperationAborted or SocketError.Interrupted => CloseReason.Aborted,
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.ConnectionRefused =>
            CloseReason.Unreachable,
        _ => CloseReason.TransportFailed,
    };
}
