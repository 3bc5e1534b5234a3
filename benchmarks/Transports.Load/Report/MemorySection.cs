namespace Transports.Load;

/// <summary>What idle connections cost.</summary>
internal static class MemorySection
{
    public static void Write(Page page, IdleMemory? idle)
    {
        if (idle is null)
        {
            return;
        }

        page.Heading("Idle connections");
        page.Line(FormattableString.Invariant(
            $"""
            {IdleMemory.Connections:N0} TCP connections after one message each: bytes for each in the server's process,
            two seconds later and then again when it has collected garbage. The kernel's own memory is not in it.
            """));
        page.Line();
        page.Table(
            ["server", "resident", "resident, collected", "managed heap"],
            IdleMemory.Servers.Where(server => idle.Samples.Exists(sample => sample.Server == server))
                .Select(server => new[]
                {
                    ServerKind.Get(server).Title,
                    Page.Number(idle.Median(server, sample => sample.Resident)),
                    Page.Number(idle.Median(server, sample => sample.ResidentCollected)),
                    Page.Number(idle.Median(server, sample => sample.Managed)),
                }));
    }
}
