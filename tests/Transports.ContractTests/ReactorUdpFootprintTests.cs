namespace Transports.ContractTests;

[Collection(AloneCollection.Name)]
public sealed class ReactorUdpFootprintTests() : FootprintContract(new UdpHarness(TransportDriver.Reactor));
