using System.CommandLine;
using Transports.Load;

var servers = new Option<string[]>("--servers")
{
    Description = $"Only these: {string.Join(", ", ServerKind.All.Select(kind => kind.Name))}.",
    AllowMultipleArgumentsPerToken = true,
};
var only = new Option<string[]>("--only")
{
    Description = "Only scenarios whose names begin so (tcp, udp, udp-gso, growth-size): "
        + $"{string.Join(", ", ScenarioList.All.Select(scenario => scenario.Name))}, {IdleMemory.Name}.",
    AllowMultipleArgumentsPerToken = true,
};
var quick = new Option<bool>("--quick") { Description = "Fewer and shorter slices: a first impression." };
var rounds = new Option<int?>("--rounds") { Description = "How often all servers are started afresh." };
var turns = new Option<int?>("--turns") { Description = "How often each server has its turn in a round." };
var slice = new Option<int?>("--slice") { Description = "The length of a slice, in milliseconds." };
var dotnetServers = new Option<string>("--dotnet-servers") { Required = true };
var nativeServers = new Option<string>("--native-servers") { Required = true };
var results = new Option<string>("--results") { Required = true, Description = "The folder for the results." };
var page = new Option<string>("--page") { Required = true, Description = "The folder for the page and its charts." };

var run = new Command("run", "Measures scenarios, prints the figures and keeps them.")
{
    servers, only, quick, rounds, turns, slice, dotnetServers, nativeServers, results,
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
    var suite = new LoadSuite(
        new ServerPrograms(parsed.GetRequiredValue(dotnetServers), parsed.GetRequiredValue(nativeServers)),
        plan,
        new ResultStore(parsed.GetRequiredValue(results)));
    suite.Run(parsed.GetValue(only) ?? [], parsed.GetValue(servers) ?? []);
});

var report = new Command("report", "Writes the page from the results that are kept.") { results, page };
report.SetAction(parsed => PerformancePage.Write(
    new ResultStore(parsed.GetRequiredValue(results)), parsed.GetRequiredValue(page)));

var core = new Argument<int>("core");
var spin = new Command("spin", "Keeps a core awake at the lowest priority; started by run.") { core };
spin.SetAction(parsed => Scheduling.SpinIdle(parsed.GetValue(core)));

return new RootCommand("Loads servers of the upper-case line service and measures them.") { run, report, spin }
    .Parse(args).Invoke();
