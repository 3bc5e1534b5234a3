namespace Transports.ContractTests;

public sealed class SimulatedTcpContractTests() : TransportContract(new SimulatedTcpHarness());
