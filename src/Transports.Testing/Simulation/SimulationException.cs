namespace Transports.Testing;

/// <summary>
/// A simulation could not go on, or found what it was looking for: its message holds the seed and how to replay it.
/// </summary>
public class SimulationException : Exception
{
    /// <summary>Makes the exception with a message of the runtime's.</summary>
    public SimulationException()
    {
    }

    /// <summary>Makes the exception.</summary>
    public SimulationException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with what caused it.</summary>
    public SimulationException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
