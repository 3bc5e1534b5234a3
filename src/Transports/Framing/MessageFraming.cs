namespace Transports.Framing;

/// <summary>Turns a stream of bytes into messages, and messages into bytes.</summary>
/// <remarks>
/// <para>
/// Stateless and thread-safe: one instance serves any number of connections. Derive from it to speak a framing of
/// your own; <c>docs/framing.md</c> shows how.
/// </para>
/// <para>
/// Reading: <see cref="Read"/> is given all bytes that have arrived and were not yet handed on, and says where the
/// first message is. Writing: the payload is written in place, with <see cref="MaxHeaderBytes"/> left free before it;
/// then <see cref="WriteHeader"/> and <see cref="WriteTrailer"/> fill in what stands round it.
/// </para>
/// </remarks>
public abstract class MessageFraming
{
    /// <summary>
    /// Lines end in <c>\n</c>; a <c>\r</c> before it is dropped; a last line without one is a message.
    /// </summary>
    /// <remarks>A message that contains <c>\n</c> or ends in <c>\r</c> is refused when it is sent.</remarks>
    public static MessageFraming Lines { get; } = new LineFraming();

    /// <summary>Each read is a message, and each message is written as it is: no framing at all.</summary>
    /// <remarks>
    /// A read over the limit is cut at it, so no message is ever too long. An empty message is refused when it is sent:
    /// nothing would arrive.
    /// </remarks>
    public static MessageFraming Raw { get; } = new RawFraming();

    /// <summary>The length stands before the payload as a base-128 varint, as Protocol Buffers write it.</summary>
    /// <remarks>The shortest form is written; any of up to 5 bytes and 32 bits is read.</remarks>
    public static MessageFraming VarintPrefixed { get; } = new VarintFraming();

    /// <summary>
    /// Messages end in a delimiter of one byte or more; what is left at the end of the stream is one too.
    /// </summary>
    /// <remarks>
    /// A message is refused when it is sent if it contains the delimiter, or if its end together with the delimiter
    /// after it would be taken for an earlier one (<c>a-</c> with the delimiter <c>--</c>).
    /// </remarks>
    /// <exception cref="ArgumentException"><paramref name="delimiter"/> is empty.</exception>
    public static MessageFraming Delimited(ReadOnlySpan<byte> delimiter) => new DelimitedFraming(delimiter);

    /// <summary>The length of the payload stands before it as an unsigned integer.</summary>
    /// <param name="widthBytes">1, 2 or 4 bytes.</param>
    /// <param name="littleEndian">Least significant byte first; the default is network byte order.</param>
    /// <exception cref="ArgumentOutOfRangeException">Any other width.</exception>
    public static MessageFraming LengthPrefixed(int widthBytes = 4, bool littleEndian = false) =>
        new LengthPrefixFraming(widthBytes, littleEndian);

    /// <summary>Every message has the same size.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is not positive.</exception>
    public static MessageFraming FixedSize(int size) => new FixedSizeFraming(size);

    /// <summary>What <c>framing=</c> calls it in an endpoint URI; null for one that no URI can name.</summary>
    internal virtual string? UriName => null;

    /// <summary>
    /// What <c>framing=</c> calls it in an endpoint URI, such as <c>lines</c> or <c>fixed:8</c>; the name of its type
    /// for one that no URI can name.
    /// </summary>
    public override string ToString() => UriName ?? GetType().Name;

    /// <summary>
    /// One send is one receive: false for a framing under which the network decides where messages end.
    /// </summary>
    public virtual bool PreservesBoundaries => true;

    /// <summary>
    /// The largest payload that this framing can express, in bytes; the transport's own limit also holds.
    /// </summary>
    public virtual int MaxPayloadBytes => int.MaxValue;

    /// <summary>The most bytes that <see cref="WriteHeader"/> writes.</summary>
    public virtual int MaxHeaderBytes => 0;

    /// <summary>The most bytes that <see cref="WriteTrailer"/> writes.</summary>
    public virtual int MaxTrailerBytes => 0;

    /// <summary>Finds the first message in <paramref name="buffer"/>.</summary>
    /// <remarks>
    /// Must not throw, whatever the bytes are: what cannot be read is <see cref="FrameStatus.Malformed"/>. A message
    /// takes at least one byte of the stream. An empty buffer at the end of the stream is
    /// <see cref="FrameStatus.NeedMoreData"/>: nothing is missing.
    /// </remarks>
    /// <param name="buffer">All bytes not yet handed on, from the start of a message; may be empty.</param>
    /// <param name="endOfStream">No more bytes will come.</param>
    /// <param name="maxMessageBytes">
    /// The limit on a payload, at least 1; say so as soon as a message is known to be over it. A payload of exactly
    /// that length is a message.
    /// </param>
    /// <param name="examined">
    /// In: how many bytes were looked at in vain by the call before, 0 at the start of a message. Out: how many the
    /// next call need not look at again; it counts only with <see cref="FrameStatus.NeedMoreData"/>. This keeps parsing
    /// linear when a message comes in many small pieces. A framing whose prefix says the length may leave it alone.
    /// </param>
    /// <param name="frame">
    /// With <see cref="FrameStatus.Message"/>: where it is. With <see cref="FrameStatus.NeedMoreData"/>:
    /// <see cref="MessageFrame.TotalLength"/> is how long the whole will be, or 0 if not known yet. With
    /// <see cref="FrameStatus.MessageTooLong"/>: <see cref="MessageFrame.PayloadLength"/> is as much as is known.
    /// </param>
    public abstract FrameStatus Read(
        ReadOnlySpan<byte> buffer, bool endOfStream, int maxMessageBytes, ref int examined, out MessageFrame frame);

    /// <summary>Writes what stands before a payload.</summary>
    /// <param name="destination">Room for <see cref="MaxHeaderBytes"/>.</param>
    /// <param name="payload">The payload that follows; no longer than <see cref="MaxPayloadBytes"/>.</param>
    /// <returns>How many bytes were written.</returns>
    public virtual int WriteHeader(Span<byte> destination, ReadOnlySpan<byte> payload) => 0;

    /// <summary>Writes what stands after a payload.</summary>
    /// <param name="destination">Room for <see cref="MaxTrailerBytes"/>.</param>
    /// <param name="payload">The payload that went before.</param>
    /// <returns>How many bytes were written.</returns>
    public virtual int WriteTrailer(Span<byte> destination, ReadOnlySpan<byte> payload) => 0;

    /// <summary>Refuses a payload that would not arrive as the same one message.</summary>
    /// <remarks>Its length has been checked before, against the limit and <see cref="MaxPayloadBytes"/>.</remarks>
    /// <exception cref="ArgumentException">
    /// It contains the delimiter, has the wrong size, or is empty where an empty message cannot be told from none.
    /// </exception>
    public virtual void Validate(ReadOnlySpan<byte> payload)
    {
    }
}
