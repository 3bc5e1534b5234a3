using System.Text;
using Transports;

namespace Chat;

/// <summary>Somebody in the room, and what to do when they read too slowly.</summary>
/// <remarks>
/// A send waits only while the connection's output buffer is above its high-water mark, that is while this member has
/// left that much unread. As long as one send waits, further lines for this member are dropped and counted; the count
/// is told once there is room again. So a slow member costs one buffer and never makes another wait, and one that
/// takes nothing at all is closed by the transport's own send time-out.
/// </remarks>
internal sealed class ChatMember(IConnection connection, string name)
{
    private readonly Lock _gate = new();
    private Task _sending = Task.CompletedTask;
    private int _missed;

    public string Name { get; set; } = name;

    public void Post(string line) => Post(Encoding.UTF8.GetBytes(line));

    public void Post(ReadOnlyMemory<byte> line)
    {
        lock (_gate)
        {
            if (_sending.IsCompleted)
            {
                _sending = SendAsync(line);
            }
            else
            {
                _missed++;
            }
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> line)
    {
        try
        {
            await connection.SendAsync(line);
        }
        catch (TransportException)
        {
            // They have gone; the observer is told, and takes them out of the room.
            return;
        }

        // There is room again. Lines that came until now found this task unfinished, even if its line has been read.
        lock (_gate)
        {
            if (_missed > 0)
            {
                var missed = _missed;
                _missed = 0;
                _sending = SendAsync(Encoding.UTF8.GetBytes($"* you read too slowly and missed {missed} lines"));
            }
        }
    }
}
