using Microsoft.Extensions.DependencyInjection;

namespace Transports;

internal sealed class TransportsBuilder(IServiceCollection services) : ITransportsBuilder
{
    public IServiceCollection Services => services;
}
