namespace Transports.ContractTests;

public sealed class ReactorUnixContractTests() : UnixContract(TransportDriver.Reactor);
