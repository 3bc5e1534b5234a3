namespace Transports.ContractTests;

[Collection(AloneCollection.Name)]
public sealed class ReactorTlsFootprintTests() : FootprintContract(new TlsHarness(TransportDriver.Reactor));
