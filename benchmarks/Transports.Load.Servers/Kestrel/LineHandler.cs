using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace Transports.Load.Servers;

/// <summary>The line service on pipes, as Kestrel's users write it: one flush for all complete lines.</summary>
internal sealed class LineHandler : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        try
        {
            await ServeAsync(connection);
        }
        catch (ConnectionResetException)
        {
            // The client closes by reset.
        }
    }

    private static async Task ServeAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        var output = connection.Transport.Output;
        while (true)
        {
            var result = await input.ReadAsync();
            var buffer = result.Buffer;
            while (TryReadLine(ref buffer, out var line))
            {
                WriteUppercase(output, line);
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            var flushed = await output.FlushAsync();
            if (result.IsCompleted || flushed.IsCompleted)
            {
                return;
            }
        }
    }

    private static bool TryReadLine(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is not { } newline)
        {
            line = default;
            return false;
        }

        var end = buffer.GetPosition(1, newline);
        line = buffer.Slice(0, end);
        buffer = buffer.Slice(end);
        return true;
    }

    private static void WriteUppercase(PipeWriter output, ReadOnlySequence<byte> line)
    {
        foreach (var part in line)
        {
            var written = output.GetSpan(part.Length);
            Ascii.ToUpper(part.Span, written, out var count);
            output.Advance(count);
        }
    }
}
