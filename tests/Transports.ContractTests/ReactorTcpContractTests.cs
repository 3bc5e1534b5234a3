namespace Transports.ContractTests;

public sealed class ReactorTcpContractTests() : TransportContract(new TcpHarness(TransportDriver.Reactor));
