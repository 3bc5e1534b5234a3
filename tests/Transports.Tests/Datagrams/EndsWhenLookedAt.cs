using System.Threading.Tasks.Sources;

namespace Transports.Tests.Datagrams;

/// <summary>Work that goes on when it is asked about first, and has ended, well, when it is asked again.</summary>
internal sealed class EndsWhenLookedAt : IValueTaskSource
{
    private bool _wasLookedAt;

    public ValueTaskSourceStatus GetStatus(short token)
    {
        var status = _wasLookedAt ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;
        _wasLookedAt = true;
        return status;
    }

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        continuation(state);

    public void GetResult(short token)
    {
    }
}
