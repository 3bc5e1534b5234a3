using Microsoft.Extensions.DependencyInjection;

namespace Transports;

/// <summary>Registers servers in a container; made by <c>services.AddTransports()</c>.</summary>
public interface ITransportsBuilder
{
    /// <summary>The container's services.</summary>
    IServiceCollection Services { get; }
}
