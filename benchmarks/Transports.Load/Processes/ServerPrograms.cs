namespace Transports.Load;

/// <summary>Where the built servers are.</summary>
/// <param name="DotnetServers">The program with the .NET servers.</param>
/// <param name="NativeFolder">The folder with the C servers; they are left out if it does not exist.</param>
internal sealed record ServerPrograms(string DotnetServers, string NativeFolder)
{
    public bool Has(ServerKind kind) => !kind.IsNative || Directory.Exists(NativeFolder);

    /// <summary>The command that starts a server on <c>tcp</c>, <c>udp</c> or <c>unix:PATH</c>.</summary>
    public (string File, string[] Arguments) Command(ServerKind kind, string where)
    {
        if (!kind.IsNative)
        {
            return (DotnetServers, [kind.Arguments[0], where, .. kind.Arguments[1..]]);
        }

        var program = Path.Combine(NativeFolder, where == "udp" ? "udp_mmsg" : "tcp_epoll");
        return where.StartsWith("unix:", StringComparison.Ordinal)
            ? (program, [where["unix:".Length..]])
            : (program, kind.Arguments);
    }
}
