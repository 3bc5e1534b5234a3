using Transports.Load.Servers;

// usage: Transports.Load.Servers SERVER tcp|udp|unix:PATH [--driver DRIVER] [--block]
// One upper-case service in a process of its own; what it does on its standard streams, ServerConsole says.
var server = args[0];
var where = args[1];
var driver = Array.IndexOf(args, "--driver") is >= 0 and var at ? args[at + 1] : null;

switch (server)
{
    case "transports":
        await LibraryServer.RunAsync(where, driver, block: args.Contains("--block"));
        break;
    case "raw" when where == "udp":
        await RawUdpServer.RunAsync();
        break;
    case "raw":
        await RawStreamServer.RunAsync(where);
        break;
    case "kestrel":
        await KestrelServer.RunAsync(where);
        break;
    default:
        throw new ArgumentException($"There is no server '{server}'.");
}
