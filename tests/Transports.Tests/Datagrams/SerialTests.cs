namespace Transports.Tests.Datagrams;

/// <summary>Tests that measure the whole process, and so run while no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class SerialTests
{
    public const string Name = "Datagrams measure the process";
}
