namespace Transports.ContractTests;

[Collection(AloneCollection.Name)]
public sealed class InMemoryFootprintTests() : FootprintContract(new InMemoryHarness());
