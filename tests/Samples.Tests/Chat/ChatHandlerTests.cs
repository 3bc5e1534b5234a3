using System.Globalization;
using System.Text.RegularExpressions;
using Transports;
using static Samples.Tests.Chat.ChatRoom;

namespace Samples.Tests.Chat;

/// <summary>What the chat promises, whatever carries it.</summary>
public abstract partial class ChatHandlerTests
{
    [Fact]
    public async Task Say_Line_ReachesEverybodyElse()
    {
        await using var room = await OpenRoomAsync();
        var ann = await room.EnterAsync("ann");
        var bob = await room.EnterAsync("bob", ann);
        var cat = await room.EnterAsync("cat", ann, bob);

        await ann.SendAsync("hello");
        Assert.Equal("ann: hello", await HearAsync(bob));
        Assert.Equal("ann: hello", await HearAsync(cat));

        // Ann hears what Bob says next and not herself.
        await bob.SendAsync("hi");
        Assert.Equal("bob: hi", await HearAsync(ann));
    }

    [Fact]
    public async Task Connect_Another_IsAnnounced()
    {
        await using var room = await OpenRoomAsync();
        var first = await room.EnterAsync();

        await room.EnterAsync();

        Assert.Equal("* guest2 has joined", await HearAsync(first));
    }

    [Fact]
    public async Task Quit_One_IsClosedAndAnnounced()
    {
        await using var room = await OpenRoomAsync();
        var ann = await room.EnterAsync("ann");
        var bob = await room.EnterAsync("bob", ann);

        await bob.SendAsync("/quit");

        Assert.Equal("* bob has left", await HearAsync(ann));
        await Assert.ThrowsAsync<ConnectionClosedException>(() => HearAsync(bob));
        Assert.Equal(CloseReason.RemoteClosed, await bob.Completion);
    }

    [Fact]
    public async Task Abort_One_IsAnnounced()
    {
        await using var room = await OpenRoomAsync();
        var ann = await room.EnterAsync("ann");
        var bob = await room.EnterAsync("bob", ann);

        bob.Abort();

        Assert.Equal("* bob has left", await HearAsync(ann));
    }

    [Theory]
    [InlineData("/nick bob", "* bob is taken")]
    [InlineData("/nick BOB", "* BOB is taken")]
    [InlineData("/nick guest7", "* guest7 is taken")]
    [InlineData("/nick two words", "* a name is 1 to 20 letters and digits")]
    [InlineData("/nick  ", "* a name is 1 to 20 letters and digits")]
    [InlineData("/nick abcdefghijklmnopqrstu", "* a name is 1 to 20 letters and digits")]
    [InlineData("/fly", "* there is no /fly")]
    [InlineData("/who", "* here: ann, bob")]
    public async Task Command_AnswersWhoeverGaveIt(string command, string answer)
    {
        await using var room = await OpenRoomAsync();
        var ann = await room.EnterAsync("ann");
        var bob = await room.EnterAsync("bob", ann);

        await ann.SendAsync(command);
        Assert.Equal(answer, await HearAsync(ann));

        // Bob heard nothing of it: the next that he hears is this.
        await ann.SendAsync("done");
        Assert.Equal("ann: done", await HearAsync(bob));
    }

    [Fact]
    public async Task Say_ControlCharacters_ReachNobodysTerminal()
    {
        await using var room = await OpenRoomAsync();
        var ann = await room.EnterAsync("ann");
        var bob = await room.EnterAsync("bob", ann);

        await ann.SendAsync("a\u001b[2Jb\tc");

        Assert.Equal("ann: a [2Jb c", await HearAsync(bob));
    }

    [Fact]
    public async Task Say_WhileOneDoesNotRead_OthersHearAllAndThatOneIsToldWhatIsMissing()
    {
        const int Lines = 1000;
        await using var room = await OpenRoomAsync();
        var ann = await room.EnterAsync("ann");
        var bob = await room.EnterAsync("bob", ann);
        var slow = await room.EnterAsync("slow", ann, bob);
        var said = 0;

        // In step with Bob, so that he never is slow; far more than all buffers on the way to the slow one hold.
        while (said < Lines)
        {
            await SayAsync(ann, bob, said++);
        }

        // Every line that the slow one is spared is owned up to: the numbers join up without a gap.
        var expected = 0;
        var notices = 0;
        for (var resumed = false; !resumed;)
        {
            Assert.InRange(said, 0, 2 * Lines);
            var line = await HearAsync(slow);
            var missed = Missed().Match(line);
            if (missed.Success)
            {
                notices++;
                expected += int.Parse(missed.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            }
            else
            {
                Assert.StartsWith($"ann: {expected++} ", line, StringComparison.Ordinal);
                resumed = notices > 0;
            }

            await SayAsync(ann, bob, said++);
        }
    }

    private protected abstract Task<ChatRoom> OpenRoomAsync();

    private static async Task SayAsync(IConnection from, IConnection to, int number)
    {
        var line = $"{number} {new string('x', 30_000)}";
        await from.SendAsync(line);
        Assert.Equal($"ann: {line}", await HearAsync(to));
    }

    [GeneratedRegex(@"^\* you read too slowly and missed (\d+) lines$")]
    private static partial Regex Missed();
}
