namespace Transports.ContractTests;

[Collection(AloneCollection.Name)]
public sealed class SimulatedUdpFootprintTests() : FootprintContract(new SimulatedUdpHarness(isTraced: false));
