namespace Transports.ContractTests;

[Collection(AloneCollection.Name)]
public sealed class TlsFootprintTests() : FootprintContract(new TlsHarness(TransportDriver.Portable));
