namespace Transports.Load;

/// <summary>A server to measure: how it is called, how it is started, and what it can do.</summary>
/// <param name="Name">Its name on the command line and in results.</param>
/// <param name="Title">Its name in the report.</param>
/// <param name="Arguments">Of the program of .NET servers; of the C program without its name.</param>
internal sealed record ServerKind(string Name, string Title, params string[] Arguments)
{
    public const string Library = "transports";
    public const string Portable = "transports-portable";
    public const string Blocking = "transports-block";
    public const string Raw = "raw";
    public const string Inline = "raw-inline";
    public const string Kestrel = "kestrel";
    public const string C = "c";
    public const string JoiningC = "c-gso";

    public static ServerKind[] All { get; } =
    [
        new(Library, "Transports", "transports"),
        new(Portable, "Transports, portable driver", "transports", "--driver", "portable"),
        new(Blocking, "Transports, handler blocks", "transports", "--block"),
        new(Raw, "async `Socket`, own buffers", "raw"),
        new(Inline, "the same, inline completions", "raw"),
        new(Kestrel, "Kestrel connection handler", "kestrel"),
        new(C, "C, epoll / recvmmsg"),
        new(JoiningC, "C, recvmmsg with GRO and GSO", "gso"),
    ];

    public bool IsNative => Name is C or JoiningC;

    public static ServerKind Get(string name) => Array.Find(All, kind => kind.Name == name)
        ?? throw new ArgumentException(
            $"There is no server '{name}', only {string.Join(", ", All.Select(kind => kind.Name))}.");
}
