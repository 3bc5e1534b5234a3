using System.Diagnostics;
using System.Threading.Channels;

namespace Samples.Tests.RealPeers;

/// <summary>A program that a test has started; disposal kills it, and only it, if it still runs.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    /// <summary>Far longer than anything here takes, on a machine that is busy with everything else.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly Channel<string> _output = Channel.CreateUnbounded<string>();
    private readonly Task _outputEnd;
    private readonly Task<string> _errors;

    private RunningProgram(Process process)
    {
        _process = process;
        _outputEnd = ReadOutputAsync();
        _errors = process.StandardError.ReadToEndAsync();
    }

    public static RunningProgram Start(string file, params string[] arguments) => Start(file, arguments, []);

    /// <summary>Starts one of the samples, as it was built along with this test.</summary>
    public static RunningProgram StartSample(string project, params string[] arguments) =>
        StartSample(project, arguments, []);

    public static RunningProgram StartSample(
        string project, string[] arguments, params (string Name, string Value)[] environment) =>
        Start("dotnet", [Find(project), .. arguments], environment);

    /// <summary>The same for a process that may have so many file descriptors.</summary>
    public static RunningProgram StartSample(string project, int descriptors, params string[] arguments) => Start(
        "sh",
        ["-c", "ulimit -n \"$1\" && shift && exec dotnet \"$@\"", "sh", $"{descriptors}", Find(project), .. arguments],
        []);

    public static RunningProgram StartPython(string script, params string[] arguments) =>
        Start("python3", [Path.Combine(AppContext.BaseDirectory, "Python", script), .. arguments], []);

    public bool HasEnded => _process.HasExited;

    public async Task<string> ReadLineAsync()
    {
        if (!await _output.Reader.WaitToReadAsync().AsTask().WaitAsync(Patience))
        {
            Assert.Fail($"{_process.StartInfo.FileName} has ended: {await _errors}");
        }

        return await _output.Reader.ReadAsync();
    }

    public async Task WriteAsync(string text)
    {
        await _process.StandardInput.WriteAsync(text);
        await _process.StandardInput.FlushAsync();
    }

    public void EndInput() => _process.StandardInput.Close();

    public async Task SignalAsync(string signal)
    {
        await using var kill = Start("kill", $"-{signal}", $"{_process.Id}");
        Assert.Equal(0, (await kill.EndAsync()).ExitCode);
    }

    /// <summary>Waits for the end, and returns what was written and not yet read.</summary>
    public async Task<(int ExitCode, string[] Output, string Errors)> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        await _outputEnd.WaitAsync(Patience);
        var errors = await _errors.WaitAsync(Patience);
        var output = new List<string>();
        await foreach (var line in _output.Reader.ReadAllAsync())
        {
            output.Add(line);
        }

        return (_process.ExitCode, [.. output], errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync().WaitAsync(Patience);
        _process.Dispose();
    }

    private static RunningProgram Start(
        string file, string[] arguments, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,

            // Nothing may depend on where it is started: the settings of another program could lie there.
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new RunningProgram(Process.Start(start)!);
    }

    private static string Find(string project)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(here.Parent!.Parent!.FullName, project, here.Name, $"{project}.dll");
    }

    private async Task ReadOutputAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            _output.Writer.TryWrite(line);
        }

        _output.Writer.Complete();
    }
}
