using Microsoft.Extensions.Hosting;

namespace Transports.Hosting;

/// <summary>Whether the host is going down, from the first moment on.</summary>
internal sealed class HostDrain(IHostApplicationLifetime? lifetime = null)
{
    private volatile bool _hasBegun;

    /// <summary>Sees both ways down: a signal, and a call of the host's <c>StopAsync</c>.</summary>
    public bool HasBegun => _hasBegun || lifetime is { ApplicationStopping.IsCancellationRequested: true };

    public void Begin() => _hasBegun = true;
}
