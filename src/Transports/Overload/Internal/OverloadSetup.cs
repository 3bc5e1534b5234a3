using Microsoft.Extensions.Logging;

namespace Transports;

/// <summary>All that a server needs to look after its load, once it runs.</summary>
internal sealed record OverloadSetup(OverloadOptions Options, ILogger Logger, TimeProvider TimeProvider);
