using System.CommandLine;
using Transports.Load;

var servers = new Option<string[]>("--servers")
{
    Description = $"Only these: {string.Join(", ", ServerKind.All.Select(kind => kind.Name))}.",
    AllowMultipleArgumentsPerToken = true,
};
var only = new Option<string[]>("--only")
{
    Description = $"Only these scenarios: {string.Join(", ", ScenarioList.All.Select(scenario => scenario.Name))}.",
    AllowMultipleArgumentsPerToken = true,
};
var shapes = new Option<LoadShape[]>("--shapes")
{
    Description = "Only these shapes.",
    AllowMultipleArgumentsPerToken = true,
};
var quick = new Option<bool>("--quick") { Description = "Fewer and shorter slices: a first impression." };
var rounds = new Option<int?>("--rounds") { Description = "How often all servers are started afresh." };
var turns = new Option<int?>("--turns") { Description = "How often each server has its turn in a round." };
var slice = new Option<int?>("--slice") { Description = "The length of a slice, in milliseconds." };
var dotnetServers = new Option<string>("--dotnet-servers") { Required = true };
var nativeServers = new Option<string>("--native-servers") { Required = true };

var run = new Command("run", "Measures scenarios and prints the figures.")
{
    servers, only, shapes, quick, rounds, turns, slice, dotnetServers, nativeServers,
};
run.SetAction(parsed =>
{
    var plan = parsed.GetValue(quick) ? Plan.Quick : new Plan();
    plan = plan with
    {
        Rounds = parsed.GetValue(rounds) ?? plan.Rounds,
        Turns = parsed.GetValue(turns) ?? plan.Turns,
        Slice = parsed.GetValue(slice) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : plan.Slice,
    };
    Scheduling.PinProcess(plan.Cores.Client);
    var programs = new ServerPrograms(parsed.GetRequiredValue(dotnetServers), parsed.GetRequiredValue(nativeServers));
    var names = parsed.GetValue(only) ?? [];
    var wanted = parsed.GetValue(shapes) is { Length: > 0 } some ? some : [LoadShape.Ordinary, LoadShape.Busy];
    var runner = new ScenarioRunner(programs, plan, Console.Error);
    foreach (var scenario in ScenarioList.All.Where(scenario => names.Length == 0 || names.Contains(scenario.Name)))
    {
        var result = runner.Run(scenario, parsed.GetValue(servers) ?? [], wanted);
        ConsoleReport.Write(scenario, result, Console.Out);
    }
});

var core = new Argument<int>("core");
var spin = new Command("spin", "Keeps a core awake at the lowest priority; started by run.") { core };
spin.SetAction(parsed => Scheduling.SpinIdle(parsed.GetValue(core)));

return new RootCommand("Loads servers of the upper-case line service and measures them.") { run, spin }
    .Parse(args).Invoke();
