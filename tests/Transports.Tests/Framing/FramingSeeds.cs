namespace Transports.Tests.Framing;

/// <summary>
/// Streams that once were, or could have been, a fault of some framing: run at every framing, in every cut and at
/// several limits, before anything random. An input that <c>eng/fuzz.sh</c> finds is added here.
/// </summary>
internal static class FramingSeeds
{
    public static IReadOnlyList<byte[]> All { get; } =
    [
        [],
        [0],
        [.. "\r"u8],
        [.. "\n"u8],
        [.. "\r\n"u8],
        [.. "\r\r\n"u8],
        [.. "\n\r"u8],
        [.. "1234567\r\n"u8],
        [.. "1234567\r"u8],
        [.. "12345678\r\n"u8],
        [.. "-"u8],
        [.. "---"u8],
        [.. "a---b"u8],
        [.. "aaab"u8],
        [.. "abaabaab"u8],
        [.. "----------------boundary---------------"u8],
        [.. "-----------------boundary----------------"u8],
        [0x00, 0x00],
        [0x00, 0x08, 1, 2, 3, 4, 5, 6, 7, 8],
        [0x08, 0x00, 1, 2, 3, 4, 5, 6, 7, 8],
        [0x00, 0x00, 0x00, 0x00],
        [0x7F, 0xFF, 0xFF, 0xFF],
        [0xFF, 0xFF, 0xFF, 0x7F],
        [0x7F, 0xFF, 0xFF, 0xFB, 0],
        [0xFF, 0xFF, 0xFF, 0xFF, 0],
        [0x80, 0x00, 0x00, 0x00, 0],
        [0x80, 0x80, 0x80, 0x80, 0x00],
        [0x80, 0x80, 0x80, 0x80, 0x10],
        [0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
        [0xFF, 0xFF, 0xFF, 0xFF, 0x07],
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
        [0x80],
        [.. "0:,"u8],
        [.. "00:,"u8],
        [.. "08:12345678,"u8],
        [.. "8:12345678,"u8],
        [.. "8:12345678;"u8],
        [.. ":,"u8],
        [.. "4294967295:"u8],
        [.. "2147483647:"u8],
        [.. "99999999999:"u8],
        [.. "-1:,"u8],
    ];
}
