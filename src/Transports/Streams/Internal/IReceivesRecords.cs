namespace Transports;

/// <summary>
/// A stream that hands on what it receives only a record at a time: one that stays unfinished holds a buffer, and no
/// receive ever tells of it.
/// </summary>
internal interface IReceivesRecords
{
    /// <summary>
    /// Since when a record has been unfinished, as a timestamp; <see cref="long.MaxValue"/> for none.
    /// </summary>
    /// <param name="bytes">How much of it is here.</param>
    /// <remarks>Asked by any thread.</remarks>
    long UnfinishedSince(out int bytes);
}
