using System.Net;
using Transports.Tests.Framing;

namespace Transports.Tests.ProxyProtocol;

/// <summary>Throws near-headers at the parser; used by the tests and, for longer, by <c>eng/fuzz.sh</c>.</summary>
internal static class ProxyHeaderFuzz
{
    /// <summary>What once was, or could have been, a fault; run before anything random.</summary>
    private static readonly byte[][] Seeds =
    [
        [],
        [0x0D],
        [.. "PROXY \r\n"u8],
        [.. "PROXY UNKNOWN\r\n"u8],
        [.. "PROXY TCP4      \r\n"u8],
        [.. "PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n"u8],
        [.. "PROXY TCP6 ::ffff:1.2.3.4 :: 1 2\r\n"u8],
        [.. "\r\n\r\n\0\r\nQUIT\n"u8],
        ProxyHeaders.V2(0x20, 0xFF, []),
        ProxyHeaders.V2(0x21, 0x11, new byte[11]),
        ProxyHeaders.V2(0x21, 0x31, new byte[215]),
        ProxyHeaders.V2(0x21, 0x00, new byte[5000]),
    ];

    /// <summary>Runs the seeds, then inputs number 0 to <paramref name="inputs"/> - 1 of a seed.</summary>
    /// <exception cref="InvalidOperationException">Names seed, input and bytes of the first that fails.</exception>
    public static void Run(int seed, int inputs)
    {
        var random = new SeededBytes(0);
        for (var input = -Seeds.Length; input < inputs; input++)
        {
            random.Reseed(((long)seed << 32) + input);
            var bytes = input < 0 ? Seeds[^-input] : Next(random);
            try
            {
                Check(bytes);
            }
#pragma warning disable CA1031 // Whatever it is: it is told with the input that caused it.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                throw new InvalidOperationException(
                    $"PROXY, seed {seed}, input {input} ({Convert.ToHexString(bytes)}): {fault.Message}", fault);
            }
        }
    }

    /// <summary>More bytes never change a verdict, and none is ever given on less than it needs.</summary>
    private static void Check(byte[] bytes)
    {
        var last = ProxyHeaderStatus.NeedMoreData;
        var first = default(ProxyHeader);
        for (var length = 0; length <= bytes.Length; length++)
        {
            var status = ProxyHeaderParser.Parse(bytes.AsSpan(0, length), out var header);
            Require(last == ProxyHeaderStatus.NeedMoreData || status == last, $"{last} became {status} at {length}");
            if (status == ProxyHeaderStatus.Complete && last == ProxyHeaderStatus.NeedMoreData)
            {
                Require(header.Length == length, $"complete at {length}, but says {header.Length}");
                first = header;
            }

            Require(status != ProxyHeaderStatus.Complete || header == first, "the same header from more bytes");
            Require(
                status != ProxyHeaderStatus.NeedMoreData || length < ProxyHeaderParser.MaxBytes,
                "a verdict within the limit");
            last = status;
        }
    }

    private static byte[] Next(SeededBytes random)
    {
        var isIPv4 = random.NextInt(2) == 0;
        var (source, destination) = (NextEndPoint(random, isIPv4), NextEndPoint(random, isIPv4));
        var tail = new byte[random.NextInt(20)];
        random.Fill(tail);
        var header = random.NextInt(4) switch
        {
            0 => ProxyHeaders.V1(source, destination),
            1 => ProxyHeaders.V2(source, destination, new byte[random.NextInt(40)]),
            2 => ProxyHeaders.V2(
                (byte)(0x20 + random.NextInt(3)), (byte)random.NextInt(256), new byte[random.NextInt(250)]),
            _ => (byte[])[.. "PROXY "u8, .. tail],
        };
        for (var faults = random.NextInt(4); faults > 0; faults--)
        {
            header[random.NextInt(header.Length)] = random.NextInt(3) switch
            {
                0 => (byte)random.NextInt(256),
                1 => (byte)' ',
                _ => (byte)'0',
            };
        }

        return [.. header, .. tail];
    }

    private static IPEndPoint NextEndPoint(SeededBytes random, bool isIPv4)
    {
        var address = new byte[isIPv4 ? 4 : 16];
        random.Fill(address);
        return new IPEndPoint(new IPAddress(address), random.NextInt(65_536));
    }

    private static void Require(bool condition, string rule)
    {
        if (!condition)
        {
            throw new InvalidOperationException(rule);
        }
    }
}
