namespace Transports.ContractTests;

[Collection(AloneCollection.Name)]
public sealed class UdpFootprintTests() : FootprintContract(new UdpHarness(TransportDriver.Portable));
