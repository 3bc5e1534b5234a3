using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Transports.Operations.Tests;

/// <summary>Answers, or resets its connection if asked to; prints what it did and what was measured.</summary>
internal sealed class Accounts : IMessageHandler, IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counts = new();
    private long _handled;
    private long _answered;
    private long _resets;
    private long _unanswerable;

    public Accounts()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Transports")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var name = instrument.Name;
            foreach (var tag in tags)
            {
                name = tag.Key == "reason" ? $"{name} {tag.Value}" : name;
            }

            _counts.AddOrUpdate(name, value, (_, before) => before + value);
        });
        _listener.Start();
    }

    public async ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _handled);
        if (context.Payload.Span.SequenceEqual("reset"u8))
        {
            Interlocked.Increment(ref _resets);
            context.Connection.Abort();
            return;
        }

        try
        {
            await context.ReplyAsync(context.Payload.Span, CancellationToken.None);
            Interlocked.Increment(ref _answered);
        }
        catch (ConnectionClosedException)
        {
            Interlocked.Increment(ref _unanswerable);
        }
    }

    public void Print()
    {
        Console.WriteLine($"handled={_handled}\nanswered={_answered}\nresets={_resets}\nunanswerable={_unanswerable}");
        foreach (var (name, count) in _counts)
        {
            Console.WriteLine($"{name}={count}");
        }
    }

    public void Dispose() => _listener.Dispose();
}
