namespace Transports.ContractTests;

[Collection(AloneCollection.Name)]
public sealed class TcpFootprintTests() : FootprintContract(new TcpHarness(TransportDriver.Portable));
