using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Transports;

/// <summary>
/// One attempt to connect.
/// </summary>
internal sealed class ConnectAttempt : IReactorTarget, IDisposable
{
    private readonly Readiness _writable = new();
    private readonly EndPoint _endPoint;
    private readonly Reactor _reactor;
    private readonly int _descriptor;
    private bool _isConnected;

    /// <exception cref="ArgumentException">Neither an IP nor a Unix endpoint.</exception>
    public ConnectAttempt(EndPoint endPoint, Reactor reactor)
    {
        (_endPoint, _reactor) = (endPoint, reactor);
        var family = endPoint switch
        {
            IPEndPoint { AddressFamily: AddressFamily.InterNetwork } => LibC.FamilyInternet,
            IPEndPoint => LibC.FamilyInternetV6,
            UnixDomainSocketEndPoint => LibC.FamilyUnix,
            _ => throw SocketFactory.WrongEndPoint(endPoint),
        };
        _descriptor = LibC.CreateSocket(
            family, LibC.SocketStream | LibC.SocketNonBlocking | LibC.SocketCloseOnExec, protocol: 0);
        if (_descriptor < 0)
        {
            throw LinuxErrors.OnConnect(Marshal.GetLastPInvokeError(), endPoint);
        }
    }

    public void OnReady(uint events) => _writable.Set(sticky: true);

    /// <summary>The descriptor of the connected socket, which is the caller's from now on.</summary>
    public async ValueTask<int> RunAsync(CancellationToken cancellationToken)
    {
        var error = Begin();
        if (error == LibC.Einprogress)
        {
            var key = _reactor.Add(_descriptor, LibC.EpollOut | LibC.EpollEdge, this);
            try
            {
                await _writable.WaitAsync(cancellationToken).ConfigureAwait(false);
                error = GetError();
            }
            finally
            {
                _reactor.Release(_descriptor, key);
            }
        }

        if (error != 0)
        {
            throw LinuxErrors.OnConnect(error, _endPoint);
        }

        _isConnected = true;
        return _descriptor;
    }

    /// <summary>Closes the socket unless it was connected, and so belongs to somebody else.</summary>
    public void Dispose()
    {
        if (!_isConnected)
        {
            _ = LibC.Close(_descriptor);
        }
    }

    private unsafe int Begin()
    {
        var address = _endPoint.Serialize();
        fixed (byte* bytes = address.Buffer.Span)
        {
            return LibC.Connect(_descriptor, bytes, address.Size) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    private unsafe int GetError()
    {
        int error;
        var length = sizeof(int);
        return LibC.GetOption(_descriptor, LibC.LevelSocket, LibC.OptionError, &error, &length) == 0
            ? error
            : Marshal.GetLastPInvokeError();
    }
}
