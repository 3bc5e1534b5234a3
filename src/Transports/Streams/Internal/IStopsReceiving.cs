namespace Transports;

/// <summary>
/// A stream whose receive loop can be stopped without a token: the registration of one would be a good part of what an
/// idle connection holds.
/// </summary>
internal interface IStopsReceiving
{
    /// <summary>
    /// Lets a wait for data complete, now or when it comes; a receive that finds nothing, and has no token, ends with
    /// <see cref="OperationCanceledException"/>.
    /// </summary>
    void StopReceiving();
}
