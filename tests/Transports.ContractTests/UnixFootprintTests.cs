namespace Transports.ContractTests;

[Collection(AloneCollection.Name)]
public sealed class UnixFootprintTests() : FootprintContract(new UnixHarness(TransportDriver.Portable));
