namespace Transports.ContractTests;

public sealed class SimulatedUdpContractTests() : TransportContract(new SimulatedUdpHarness());
