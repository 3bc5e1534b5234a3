using System.Globalization;
using Soak;

// Soak [seconds] [seed] [part of the names of scenarios]: mixed load on every transport, then every count must be back
// where it was after the warm-up.
var seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 120;
var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : Environment.ProcessId;

var only = args.Length > 2 ? args[2] : "";

await using var service = new Service();
var load = new Load(service, seed, only);

// The first round starts what a process has only once (threads, the socket engine); the second is what is judged.
Console.WriteLine($"Seed {seed}. Warming up for {seconds / 10:0} s, then {seconds:0} s of load.");
await load.RunAsync(TimeSpan.FromSeconds(seconds / 10));
var before = await Counts.TakeAsync(service);

await load.RunAsync(TimeSpan.FromSeconds(seconds));
var after = await Counts.TakeAsync(service);

Console.WriteLine($"{load.Tally.Summary()}\nConnections ended as: {service.Handler.Reasons}");
Console.WriteLine($"After warm-up: {before}\nAt the most:   {load.Peak}\nAt the end:    {after}");
var faults = load.Tally.Faults.Concat(after.FaultsSince(before)).ToArray();
Console.WriteLine(faults.Length == 0 ? "Soak passed." : $"Soak FAILED:\n{string.Join('\n', faults)}");
return faults.Length == 0 ? 0 : 1;
