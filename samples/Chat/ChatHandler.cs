using System.Collections.Concurrent;
using System.Text;
using Transports;

namespace Chat;

/// <summary>A room: every line that somebody says is pushed to everybody else in it.</summary>
/// <remarks>
/// Coming and going is learnt through <see cref="IConnectionObserver"/>, so a connection-oriented transport is needed.
/// Whoever does not read holds up nobody: see <see cref="ChatMember"/>.
/// </remarks>
public sealed class ChatHandler : IMessageHandler, IConnectionObserver
{
    private const string GuestName = "guest";

    private readonly ConcurrentDictionary<string, ChatMember> _members = new();
    private readonly Lock _naming = new();
    private int _guests;

    /// <inheritdoc/>
    public ValueTask OnConnectedAsync(IConnection connection, CancellationToken cancellationToken)
    {
        var member = new ChatMember(connection, $"{GuestName}{Interlocked.Increment(ref _guests)}");
        _members[connection.Id] = member;

        // In this order: whoever comes in after this one has been greeted does not hear of it any more.
        Tell(member, $"* {member.Name} has joined");
        member.Post($"* you are {member.Name}; /nick NAME changes that, /who lists who is here, /quit leaves");
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask OnDisconnectedAsync(IConnection connection, CloseReason reason)
    {
        if (_members.TryRemove(connection.Id, out var member))
        {
            Tell(member, $"* {member.Name} has left");
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken)
    {
        var connection = context.Connection;
        if (!_members.TryGetValue(connection.Id, out var member))
        {
            return context.ReplyAsync("* only those who connect can enter this room", cancellationToken);
        }

        var line = Clean(context.Payload.Span);
        if (line is "/quit")
        {
            return connection.DisposeAsync();
        }

        if (line is "/who")
        {
            member.Post($"* here: {string.Join(", ", _members.Values.Select(other => other.Name).Order())}");
        }
        else if (line.StartsWith("/nick ", StringComparison.Ordinal))
        {
            Rename(member, line["/nick ".Length..].Trim());
        }
        else if (line.StartsWith('/'))
        {
            member.Post($"* there is no {line}");
        }
        else if (line.Length > 0)
        {
            Tell(member, $"{member.Name}: {line}");
        }

        return ValueTask.CompletedTask;
    }

    private void Rename(ChatMember member, string name)
    {
        if (name.Length is 0 or > 20 || !name.All(char.IsLetterOrDigit))
        {
            member.Post("* a name is 1 to 20 letters and digits");
            return;
        }

        var old = member.Name;
        lock (_naming)
        {
            if (IsTaken(name))
            {
                member.Post($"* {name} is taken");
                return;
            }

            member.Name = name;
        }

        member.Post($"* you are {name}");
        Tell(member, $"* {old} is now {name}");
    }

    private bool IsTaken(string name) =>
        name.StartsWith(GuestName, StringComparison.OrdinalIgnoreCase)
        || _members.Values.Any(member => member.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private void Tell(ChatMember from, string line)
    {
        var message = Encoding.UTF8.GetBytes(line);
        foreach (var (_, member) in _members)
        {
            if (member != from)
            {
                member.Post(message);
            }
        }
    }

    /// <summary>One person's control characters must not reach another's terminal.</summary>
    private static string Clean(ReadOnlySpan<byte> payload) => string.Create(
        Encoding.UTF8.GetCharCount(payload), payload, static (characters, bytes) =>
        {
            Encoding.UTF8.GetChars(bytes, characters);
            foreach (ref var character in characters)
            {
                character = char.IsControl(character) ? ' ' : character;
            }
        });
}
