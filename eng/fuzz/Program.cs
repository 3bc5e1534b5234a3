using System.Globalization;
using Transports.Tests.Framing;
using Transports.Tests.ProxyProtocol;

if (args is not [var inputsText, var seedText]
    || !int.TryParse(inputsText, CultureInfo.InvariantCulture, out var inputs)
    || !int.TryParse(seedText, CultureInfo.InvariantCulture, out var seed))
{
    Console.Error.WriteLine("Usage: Fuzz INPUTS SEED");
    return 2;
}

Console.WriteLine($"Seed {seed}: {inputs} random inputs for each framing, and for the PROXY protocol.");
try
{
    foreach (var (name, framing) in Framings.All)
    {
        FramingFuzz.Run(name, framing, seed, inputs);
        Console.WriteLine($"{name}: kept its contract.");
    }

    ProxyHeaderFuzz.Run(seed, inputs);
    Console.WriteLine("PROXY headers: kept their contract.");
    return 0;
}
catch (InvalidOperationException fault)
{
    Console.Error.WriteLine(fault);
    return 1;
}
