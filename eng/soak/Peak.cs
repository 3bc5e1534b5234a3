namespace Soak;

/// <summary>The most that was in use under the load, looked at once a second.</summary>
internal sealed class Peak
{
    private long _connections;
    private int _buffers;
    private int _handles;
    private long _residentBytes;

    public void Note(Service service)
    {
        _connections = Math.Max(_connections, service.ActiveConnections);
        _buffers = Math.Max(_buffers, service.Pool.Outstanding);
        _handles = Math.Max(_handles, Counts.CountHandles());
        _residentBytes = Math.Max(_residentBytes, Environment.WorkingSet);
    }

    public override string ToString() =>
        $"{_connections} connections, {_buffers} buffers, {_handles} handles, "
        + $"{_residentBytes / 1048576.0:0.0} MiB resident";
}
