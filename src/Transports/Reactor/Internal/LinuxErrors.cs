using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Transports;

/// <summary>What Linux's error numbers mean: the counterpart of <see cref="SocketErrors"/>.</summary>
internal static class LinuxErrors
{
    private const int Enoent = 2;
    private const int Eperm = 1;
    private const int Eacces = 13;
    private const int Enobufs = 105;
    private const int Etimedout = 110;
    private const int Epipe = 32;
    private const int Enetdown = 100;
    private const int Enetunreach = 101;
    private const int Econnaborted = 103;
    private const int Econnreset = 104;
    private const int Enotconn = 107;
    private const int Econnrefused = 111;
    private const int Ehostdown = 112;
    private const int Ehostunreach = 113;
    private const int Eproto = 71;
    private const int Einval = 22;
    private const int Enotsock = 88;

    public static string Describe(int error) => Marshal.GetPInvokeErrorMessage(error);

    public static ConnectionClosedException OnTransfer(int error) => new(
        error switch
        {
            Econnreset or Epipe or Econnaborted => CloseReason.RemoteReset,

            // What an abort by this side leaves behind.
            Enotconn => CloseReason.Aborted,
            Enetdown or Enetunreach or Ehostdown or Ehostunreach or Econnrefused => CloseReason.Unreachable,
            _ => CloseReason.TransportFailed,
        },
        Describe(error));

    public static ConnectionFailedException OnConnect(int error, EndPoint endPoint) => new(error switch
    {
        Econnrefused or Enoent => $"Nobody listens on {endPoint}.",
        Etimedout => $"{endPoint} did not answer in time.",
        _ => $"Connecting to {endPoint} failed: {Describe(error)}",
    });

    /// <summary>The framework's own exception, for the code that serves the framework's sockets too.</summary>
    public static SocketException ToSocketException(int error) => new((int)ToSocketError(error), Describe(error));

    /// <summary>An accept failed because of the peer that was to be accepted (accept(2)).</summary>
    public static bool IsPeerGone(int error) =>
        error is Econnaborted or Eproto or Enetdown or Enetunreach or Ehostdown or Ehostunreach;

    /// <summary>The process, or the whole system, has no file descriptor left.</summary>
    public static bool IsOutOfDescriptors(int error) => error is LibC.Emfile or LibC.Enfile;

    /// <summary>No further accept on this socket can succeed.</summary>
    public static bool EndsAccepting(int error) => error is LibC.Ebadf or Einval or Enotsock;

    private static SocketError ToSocketError(int error) => error switch
    {
        Econnrefused => SocketError.ConnectionRefused,
        Econnreset => SocketError.ConnectionReset,
        Enetunreach => SocketError.NetworkUnreachable,
        Enetdown => SocketError.NetworkDown,
        Ehostunreach => SocketError.HostUnreachable,
        Ehostdown => SocketError.HostDown,
        LibC.Emsgsize => SocketError.MessageSize,
        Einval => SocketError.InvalidArgument,
        Eacces or Eperm => SocketError.AccessDenied,
        Enobufs or LibC.Enomem => SocketError.NoBufferSpaceAvailable,
        LibC.Ebadf or Enotsock => SocketError.NotSocket,
        _ => SocketError.SocketError,
    };
}
