namespace Transports.ContractTests;

public sealed class UdpContractTests() : TransportContract(new UdpHarness(TransportDriver.Portable));
