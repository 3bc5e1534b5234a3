namespace Transports;

/// <summary>What a <see cref="TransportServer"/> is doing.</summary>
public enum TransportServerState
{
    /// <summary>Not started yet, stopped, or the start failed.</summary>
    Stopped,

    /// <summary>Binding its endpoints.</summary>
    Starting,

    /// <summary>Listening on all its endpoints, unless <see cref="TransportServer.Fault"/> says otherwise.</summary>
    Running,

    /// <summary>Takes nothing more in, and waits for what it has read to be handled and answered.</summary>
    Stopping,
}
