using Transports;

namespace Uppercase.Client;

/// <summary>Over a connection every line is answered, in order, unless the connection ends.</summary>
internal static class StreamConversation
{
    public static async Task<int> RunAsync(TransportEndpoint server, TextReader input)
    {
        await using var connection = await server.ConnectAsync();
        try
        {
            while (await ReadLineAsync(input, connection) is { } line)
            {
                if (line.Length == 0 && !server.Transport.Capabilities.PreservesBoundaries)
                {
                    continue; // Without framing an empty line is no bytes at all, which nobody can answer.
                }

                await connection.SendAsync(line);
                Console.WriteLine(await connection.ReceiveTextAsync());
            }

            return 0;
        }
        catch (ConnectionClosedException exception)
        {
            await Console.Error.WriteLineAsync($"The server {server.Uri} went away ({exception.Reason}).");
            return 1;
        }
    }

    /// <summary>Reads a line from the keyboard; gives up as soon as the server goes away.</summary>
    private static async Task<string?> ReadLineAsync(TextReader input, IConnection connection)
    {
        var reading = input.ReadLineAsync();
        if (await Task.WhenAny(reading, connection.Completion) == reading)
        {
            return await reading;
        }

        // The classic server closes after each reply: no harm if the input, too, has just ended. Its end may be seen
        // a moment later than the server's.
        var reason = await connection.Completion;
        await Task.WhenAny(reading, Task.Delay(TimeSpan.FromMilliseconds(500)));
        return reading.IsCompletedSuccessfully && await reading is null
            ? null
            : throw new ConnectionClosedException(reason);
    }
}
