namespace Transports.ContractTests;

public sealed class InMemoryContractTests() : TransportContract(new InMemoryHarness());
