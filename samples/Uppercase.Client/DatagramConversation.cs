using Transports;
using Transports.Requests;

namespace Uppercase.Client;

/// <summary>Over datagrams a line or its reply may be lost: it is sent again until one comes or time is up.</summary>
internal static class DatagramConversation
{
    public static async Task<int> RunAsync(TransportEndpoint server, TextReader input, TimeSpan timeout)
    {
        var options = new RequestClientOptions { Timeout = timeout };
        await using var client = new RequestClient(server.Transport, server.EndPoint, options);
        var exitCode = 0;
        while (await input.ReadLineAsync() is { } line)
        {
            try
            {
                Console.WriteLine(await client.RequestAsync(line));
            }
            catch (RequestTimeoutException)
            {
                await Console.Error.WriteLineAsync($"No answer from {server.Uri} to: {line}");
                exitCode = 1;
            }
            catch (MessageTooLongException exception)
            {
                await Console.Error.WriteLineAsync(exception.Message);
                exitCode = 1;
            }
        }

        return exitCode;
    }
}
