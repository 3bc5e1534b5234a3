namespace Transports.Load;

/// <summary>Which core the server has, and which the client.</summary>
internal sealed record CorePlan(int Server, int Client);
