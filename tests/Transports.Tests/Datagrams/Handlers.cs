using System.Text;

namespace Transports.Tests.Datagrams;

internal static class Handlers
{
    public static IMessageHandler Echo { get; } =
        MessageHandler.Create((context, token) => context.ReplyAsync(context.Payload.Span, token));

    public static IMessageHandler Upper { get; } = MessageHandler.FromText(text => text.ToUpperInvariant());

    public static string Text(this MessageContext context) => Encoding.UTF8.GetString(context.Payload.Span);
}
