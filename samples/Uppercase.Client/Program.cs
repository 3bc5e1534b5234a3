using System.CommandLine;
using System.Text;
using Transports;
using Uppercase.Client;

var uri = new Argument<string>("uri")
{
    Description = "Where the server is: udp://127.0.0.1:12000, tcp://127.0.0.1:12001, unix:///run/uppercase.sock. "
        + "TCP sends lines; add ?framing=raw for a server that takes each read for a message.",
};
var timeout = new Option<double>("--timeout")
{
    Description = "How many seconds to wait for the answer to a line over UDP, retransmissions included.",
    DefaultValueFactory = _ => 5,
};
var command = new RootCommand("Sends each line that it reads and shows the reply.") { uri, timeout };
command.SetAction((parsed, _) => RunAsync(parsed.GetRequiredValue(uri), parsed.GetValue(timeout)));

// Ctrl+C ends the program at once: there is nothing here to wind up.
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

static async Task<int> RunAsync(string uri, double timeout)
{
    // Console.In would block while it waits for a line, and the server's going away would go unnoticed.
    using var input = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
    try
    {
        var endpoint = TransportEndpoint.Parse(uri);
        return endpoint.Transport.Capabilities.IsReliable
            ? await StreamConversation.RunAsync(endpoint, input)
            : await DatagramConversation.RunAsync(endpoint, input, TimeSpan.FromSeconds(timeout));
    }
    catch (Exception exception)
        when (exception is TransportException or FormatException or ArgumentException or OverflowException)
    {
        await Console.Error.WriteLineAsync(exception.Message);
        return 1;
    }
}
