namespace Transports.Testing;

public sealed partial record NetworkConditions
{
    /// <summary>Reads conditions as <c>tc netem</c> writes them: <c>delay 40ms 10ms loss 1%</c>.</summary>
    /// <exception cref="FormatException">The text is faulty; the message says what is wrong at which word.</exception>
    public static NetworkConditions Parse(string text) => throw new NotSupportedException(text);

    /// <summary>The command that puts these conditions on a network interface of Linux.</summary>
    public string ToTcCommand(string device) => throw new NotSupportedException(device);
}
