using System.Diagnostics;

namespace Transports.Diagnostics;

/// <summary>Why a message was dropped without being handled or answered.</summary>
internal enum DropReason
{
    Truncated,
    TooLong,
    Overloaded,
    ReceiveQueueFull,
    UnexpectedSender,
    UnanswerableSender,
    HandlerFaulted,
    SendFailed,
    Stopping,
    LateReply,
    UnsolicitedReply,
    ReplyWithheld,
    SourceRate,
    RefusedSourcePort,
    OwnDatagram,
}

internal static class DropReasonTags
{
    /// <summary>The value of the metric's tag: API, so not derived from the name of the member.</summary>
    public static string ToTag(this DropReason reason) => reason switch
    {
        DropReason.Truncated => "truncated",
        DropReason.TooLong => "too_long",
        DropReason.Overloaded => "overloaded",
        DropReason.ReceiveQueueFull => "receive_queue_full",
        DropReason.UnexpectedSender => "unexpected_sender",
        DropReason.UnanswerableSender => "unanswerable_sender",
        DropReason.HandlerFaulted => "handler_faulted",
        DropReason.SendFailed => "send_failed",
        DropReason.Stopping => "stopping",
        DropReason.LateReply => "late_reply",
        DropReason.UnsolicitedReply => "unsolicited_reply",
        DropReason.ReplyWithheld => "reply_withheld",
        DropReason.SourceRate => "source_rate",
        DropReason.RefusedSourcePort => "refused_source_port",
        DropReason.OwnDatagram => "own_datagram",
        _ => throw new UnreachableException(),
    };
}
