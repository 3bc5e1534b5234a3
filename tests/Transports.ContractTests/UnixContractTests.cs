using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Transports.ContractTests;

public sealed class UnixContractTests() : UnixContract(TransportDriver.Portable);

/// <summary>The suite on Unix sockets, and what concerns their files.</summary>
public abstract class UnixContract(TransportDriver driver) : TransportContract(new UnixHarness(driver))
{
    private static readonly IMessageHandler Silent = MessageHandler.Create((_, _) => default);

    private readonly UnixHarness _unix = new(driver);

    [Fact]
    public async Task Stop_OnASocketFile_RemovesIt()
    {
        var endPoint = (UnixDomainSocketEndPoint)_unix.NewEndPoint();
        var listener = await CreateUnixTransport().ListenAsync(endPoint, Silent);
        Assert.True(File.Exists(endPoint.ToString()));

        await listener.StopAsync().Soon();

        Assert.False(File.Exists(endPoint.ToString()));
    }

    [Fact]
    public async Task Listen_FileOfAKilledServerIsLeft_TakesItsPlace()
    {
        var endPoint = (UnixDomainSocketEndPoint)_unix.NewEndPoint();
        using (var killed = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            killed.Bind(endPoint);
            killed.Listen();

            // A process that is killed removes nothing; disposal does, so the file is put aside meanwhile.
            File.Move(endPoint.ToString()!, $"{endPoint}.kept");
        }

        File.Move($"{endPoint}.kept", endPoint.ToString()!);

        await using var listener = await CreateUnixTransport().ListenAsync(endPoint, Silent);
        await using var client = await CreateUnixTransport().ConnectAsync(listener.LocalEndPoint);
    }

    [Fact]
    public async Task Listen_AFileThatIsNoSocket_IsRefusedAndLeftAlone()
    {
        var path = _unix.NewEndPoint().ToString()!;
        await File.WriteAllTextAsync(path, "precious");

        await Assert.ThrowsAsync<AddressInUseException>(
            async () => await CreateUnixTransport().ListenAsync(new UnixDomainSocketEndPoint(path), Silent));

        Assert.Equal("precious", await File.ReadAllTextAsync(path));
        File.Delete(path);
    }

    private ITransport CreateUnixTransport() => _unix.CreateTransport(
        new TransportSettings { BufferPool = new CheckedPool(), LoggerFactory = NullLoggerFactory.Instance });
}
