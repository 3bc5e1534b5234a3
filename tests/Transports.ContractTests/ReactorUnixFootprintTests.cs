namespace Transports.ContractTests;

[Collection(AloneCollection.Name)]
public sealed class ReactorUnixFootprintTests() : FootprintContract(new UnixHarness(TransportDriver.Reactor));
