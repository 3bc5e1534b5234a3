using System.Reflection;
using System.Runtime.CompilerServices;
using Transports;

namespace Outsider;

/// <summary>This project proves something only as long as it sees what any other application sees.</summary>
public sealed class BoundaryTests
{
    [Fact]
    public void Library_HasNoFriendHere()
    {
        var friends = typeof(ITransport).Assembly.GetCustomAttributes<InternalsVisibleToAttribute>()
            .Select(friend => friend.AssemblyName);
        Assert.DoesNotContain(typeof(BoundaryTests).Assembly.GetName().Name, friends);
    }

    /// <summary>What the guide shows is what is tested here.</summary>
    [Theory]
    [InlineData("ChannelTransport.cs")]
    [InlineData("MailboxTransport.cs")]
    public void Guide_ShowsTheCodeOfThisProject(string file)
    {
        var guide = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "guide", "writing-a-transport.md"));
        var source = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "guide", file));
        Assert.True(
            guide.Contains($"```csharp\n{source}```\n", StringComparison.Ordinal),
            $"docs/writing-a-transport.md does not show {file} as it is: copy it there.");
    }
}
