namespace Transports.Load;

internal enum LoadTransport
{
    Tcp,
    Udp,
    Unix,
}
