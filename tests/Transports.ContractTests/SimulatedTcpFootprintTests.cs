namespace Transports.ContractTests;

[Collection(AloneCollection.Name)]
public sealed class SimulatedTcpFootprintTests() : FootprintContract(new SimulatedTcpHarness(isTraced: false));
