namespace Nabla;

/// <summary>A matrix for which the operation has no result: singular, or not positive definite. The text says which matrix of a batch.</summary>
public sealed class LinalgException : ArithmeticException
{
    /// <summary>Makes the exception without a text.</summary>
    public LinalgException() { }

    /// <summary>Makes the exception with a text.</summary>
    public LinalgException(string message) : base(message) { }

    /// <summary>Makes the exception with a text and its cause.</summary>
    public LinalgException(string message, Exception innerException) : base(message, innerException) { }
}
