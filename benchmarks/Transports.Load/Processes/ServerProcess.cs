using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Transports.Load;

/// <summary>A server in a process of its own, pinned to a core. Disposing closes its input, which ends it.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly string? _socketFile;

    private ServerProcess(ServerKind kind, Process process, string? socketFile)
    {
        Kind = kind;
        _process = process;
        _socketFile = socketFile;
        Clock = new CpuClock(process.Id);
        var port = Ask(null);
        EndPoint = socketFile is null
            ? new IPEndPoint(IPAddress.Loopback, (int)port)
            : new UnixDomainSocketEndPoint(socketFile);
    }

    public ServerKind Kind { get; }

    public EndPoint EndPoint { get; }

    public CpuClock Clock { get; }

    /// <summary>Bytes allocated on the managed heap since the start; 0 for C.</summary>
    public long AllocatedBytes => Ask("allocated");

    public long ResidentBytes => 1024 * Status("", "VmRSS:");

    public long PeakResidentBytes => 1024 * Status("", "VmHWM:");

    /// <summary>How often its threads have gone to sleep by themselves.</summary>
    public long Sleeps => Directory.EnumerateDirectories($"/proc/{_process.Id}/task")
        .Sum(thread => Status($"task/{Path.GetFileName(thread)}/", "voluntary_ctxt_switches:"));

    public static ServerProcess Start(
        ServerPrograms programs, ServerKind kind, LoadTransport transport, CorePlan cores)
    {
        var socketFile = transport == LoadTransport.Unix
            ? Path.Combine(Path.GetTempPath(), $"load-{Guid.NewGuid():N}.sock")
            : null;
        var (file, arguments) = programs.Command(kind, transport switch
        {
            LoadTransport.Tcp => "tcp",
            LoadTransport.Udp => "udp",
            _ => $"unix:{socketFile}",
        });
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };

        // On one core the runtime waits ten times as long before it optimises: half-warm code would be measured.
        start.Environment["DOTNET_TC_DelaySingleProcMultiplier"] = "1";
        start.Environment.Remove("DOTNET_TieredCompilation");
        start.Environment.Remove("DOTNET_TieredPGO");
        if (kind.Name == ServerKind.Inline)
        {
            start.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1";
        }

        // A new process inherits the core of the thread that starts it.
        Scheduling.PinThread(cores.Server);
        try
        {
            return new ServerProcess(kind, Process.Start(start)!, socketFile);
        }
        finally
        {
            Scheduling.PinThread(cores.Client);
        }
    }

    /// <summary>Collects garbage and returns what is left on the managed heap, in bytes; 0 for C.</summary>
    public long Collect() => Ask("collect");

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            _process.Kill();
        }

        _process.Dispose();
        if (_socketFile is not null)
        {
            File.Delete(_socketFile);
        }
    }

    private long Ask(string? question)
    {
        if (question is not null)
        {
            _process.StandardInput.WriteLine(question);
            _process.StandardInput.Flush();
        }

        var answer = _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException($"The server {Kind.Name} has ended.");
        return long.Parse(answer, CultureInfo.InvariantCulture);
    }

    /// <summary>0 for a thread that has just ended.</summary>
    private long Status(string folder, string key)
    {
        try
        {
            var line = File.ReadLines($"/proc/{_process.Id}/{folder}status")
                .First(line => line.StartsWith(key, StringComparison.Ordinal));
            var value = line[key.Length..].Replace("kB", "", StringComparison.Ordinal);
            return long.Parse(value.Trim(), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
