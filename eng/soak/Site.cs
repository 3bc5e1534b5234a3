using System.Net;
using Transports;

namespace Soak;

/// <summary>A transport of the service, and where it listens while it is started.</summary>
internal sealed class Site(string name, ITransport transport, Func<EndPoint> where)
{
    private IListener? _listener;

    public string Name => name;

    public ITransport Transport => transport;

    public EndPoint EndPoint => _listener!.LocalEndPoint;

    public async Task StartAsync(IMessageHandler handler) => _listener = await transport.ListenAsync(where(), handler);

    /// <summary>Stops it; returns what was wrong: a loop that had died.</summary>
    public async Task<string?> StopAsync()
    {
        if (_listener is null)
        {
            return null;
        }

        var fault = _listener.Completion.IsCompleted
            ? $"{name} had ended before its time: {_listener.Completion.Exception}"
            : null;
        await _listener.StopAsync();
        await _listener.Completion.ContinueWith(static _ => { }, TaskScheduler.Default);
        _listener = null;
        return fault;
    }
}
