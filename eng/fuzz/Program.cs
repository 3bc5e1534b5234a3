using System.Diagnostics;
using System.Globalization;
using Transports.Tests.Framing;
using Transports.Tests.ProxyProtocol;

// Fuzz INPUTS SEED [part of the names of targets]
if (args is not [var inputsText, var seedText, ..]
    || !int.TryParse(inputsText, CultureInfo.InvariantCulture, out var inputs)
    || !int.TryParse(seedText, CultureInfo.InvariantCulture, out var seed))
{
    Console.Error.WriteLine("Usage: Fuzz INPUTS SEED [TARGET]");
    return 2;
}

var only = args.Length > 2 ? args[2] : "";
var targets = Framings.All
    .Select(framing => (Name: framing.Key, Run: (Action)(() =>
        new FramingFuzz(framing.Key, framing.Value).Run(seed, inputs))))
    .Append((Name: "PROXY headers", Run: () => ProxyHeaderFuzz.Run(seed, inputs)))
    .Where(target => target.Name.Contains(only, StringComparison.Ordinal))
    .ToArray();
Console.WriteLine($"Seed {seed}: {inputs:N0} random inputs for each of {targets.Length} targets.");
foreach (var (name, run) in targets)
{
    var clock = Stopwatch.StartNew();
    try
    {
        run();
    }
    catch (InvalidOperationException fault)
    {
        Console.Error.WriteLine(fault);
        return 1;
    }

    Console.WriteLine($"{name}: kept its contract ({clock.Elapsed.TotalSeconds:0.0} s).");
}

return 0;
