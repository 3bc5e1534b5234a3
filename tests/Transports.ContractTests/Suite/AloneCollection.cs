namespace Transports.ContractTests;

/// <summary>What is measured over the whole process runs when nothing else does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
