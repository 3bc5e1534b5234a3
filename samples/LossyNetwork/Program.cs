using System.CommandLine;
using LossyNetwork;
using Spectre.Console;
using Transports.Testing;

var seed = new Option<ulong>("--seed")
{
    Description = "Decides every chance: the same seed gives the same run and the same files, byte for byte.",
    DefaultValueFactory = _ => 3,
};
var conditions = new Option<string>("--conditions")
{
    Description = "What the network does to packets, each way, in the words of tc netem.",
    DefaultValueFactory = _ => "delay 40ms 15ms loss 10%",
};
var lines = new Option<int>("--lines")
{
    Description = "How many lines to send.",
    DefaultValueFactory = _ => 10,
};
lines.Validators.Add(result =>
{
    if (result.GetValue(lines) is < 1 or > 1000)
    {
        result.AddError("--lines must be from 1 to 1000.");
    }
});
var output = new Option<DirectoryInfo>("--output")
{
    Description = "The folder to write the pictures (.svg) and captures (.pcapng) into.",
    DefaultValueFactory = _ => new DirectoryInfo("."),
};
var command = new RootCommand("Sends lines over UDP and over TCP on the same bad network, and shows what arrives.")
{
    seed, conditions, lines, output,
};
command.SetAction((parsed, _) => RunAsync(
    parsed.GetValue(seed),
    parsed.GetRequiredValue(conditions),
    parsed.GetValue(lines),
    parsed.GetRequiredValue(output)));
return await command.Parse(args).InvokeAsync();

static async Task<int> RunAsync(ulong seed, string text, int lines, DirectoryInfo output)
{
    try
    {
        var conversation = new Conversation(NetworkConditions.Parse(text), seed, lines);
        Outcome[] outcomes =
        [
            await conversation.RunAsync("UDP", host => host.Udp()),
            await conversation.RunAsync("TCP", host => host.Tcp()),
        ];
        Show(outcomes, lines);
        output.Create();
        foreach (var outcome in outcomes)
        {
            var path = Path.Combine(output.ToString(), outcome.Transport.ToLowerInvariant());
            await outcome.Trace.WriteSvgAsync($"{path}.svg");
            await outcome.Trace.WritePcapngAsync($"{path}.pcapng");
            Console.WriteLine($"{path}.svg, {path}.pcapng");
        }

        return 0;
    }
    catch (Exception exception) when (exception is FormatException or IOException or UnauthorizedAccessException)
    {
        await Console.Error.WriteLineAsync(exception.Message);
        return 1;
    }
}

static void Show(Outcome[] outcomes, int lines)
{
    var table = new Table().AddColumn("Reply to");
    foreach (var outcome in outcomes)
    {
        table.AddColumn($"over {outcome.Transport}");
    }

    for (var line = 1; line <= lines; line++)
    {
        table.AddRow([$"line {line}", .. outcomes.Select(outcome => outcome.Of(line))]);
    }

    AnsiConsole.Write(table);
    foreach (var outcome in outcomes)
    {
        Console.WriteLine(outcome.Summary(lines));
    }
}
