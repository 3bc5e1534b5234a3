namespace Transports;

/// <summary>Handles a message: the rest of the chain, as a middleware sees it.</summary>
public delegate ValueTask MessageDelegate(MessageContext context, CancellationToken cancellationToken);
