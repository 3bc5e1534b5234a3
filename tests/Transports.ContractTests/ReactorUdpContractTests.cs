namespace Transports.ContractTests;

public sealed class ReactorUdpContractTests() : TransportContract(new UdpHarness(TransportDriver.Reactor));
