namespace Transports.ContractTests;

public sealed class TlsContractTests() : TransportContract(new TlsHarness(TransportDriver.Portable));
