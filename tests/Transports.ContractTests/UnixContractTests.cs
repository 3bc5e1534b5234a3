namespace Transports.ContractTests;

public sealed class UnixContractTests() : TransportContract(new UnixHarness());
