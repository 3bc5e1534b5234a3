using System.Globalization;
using Transports.Tests.Framing;

if (args is not [var inputsText, var seedText]
    || !int.TryParse(inputsText, CultureInfo.InvariantCulture, out var inputs)
    || !int.TryParse(seedText, CultureInfo.InvariantCulture, out var seed))
{
    Console.Error.WriteLine("Usage: Fuzz INPUTS SEED");
    return 2;
}

Console.WriteLine($"Seed {seed}: {inputs} random streams for each framing.");
try
{
    foreach (var (name, framing) in Framings.All)
    {
        FramingFuzz.Run(name, framing, seed, inputs);
        Console.WriteLine($"{name}: kept its contract.");
    }

    return 0;
}
catch (InvalidOperationException fault)
{
    Console.Error.WriteLine(fault);
    return 1;
}
