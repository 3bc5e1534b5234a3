namespace Transports.ContractTests;

[Collection(AloneCollection.Name)]
public sealed class ReactorTcpFootprintTests() : FootprintContract(new TcpHarness(TransportDriver.Reactor));
