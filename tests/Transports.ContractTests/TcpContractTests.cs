namespace Transports.ContractTests;

public sealed class TcpContractTests() : TransportContract(new TcpHarness(TransportDriver.Portable));
