namespace Transports.ContractTests;

public sealed class ReactorTlsContractTests() : TransportContract(new TlsHarness(TransportDriver.Reactor));
