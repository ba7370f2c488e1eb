namespace TlsProxy.Proxy.Http;

/// <summary>How much of a head is taken.</summary>
internal sealed record HttpLimits
{
    /// <summary>The limits of an answer's head. Its status line has none of its own. Origins send more fields than clients do.
    /// </summary>
    public static HttpLimits OfAnswers { get; } = new() { HeadBytes = 64 * 1024, FieldCount = 16 * 1024 };

    /// <summary>Bytes of a whole head; above it the answer is 431.</summary>
    public int HeadBytes { get; init; } = 32 * 1024;

    /// <summary>Bytes of a request line; above it the answer is 414.</summary>
    public int LineBytes { get; init; } = 16 * 1024;

    /// <summary>Field lines; above it the answer is 431.</summary>
    public int FieldCount { get; init; } = 128;

    /// <summary>Bytes of a method name; above it the answer is 501.</summary>
    public int MethodBytes { get; init; } = 32;
}
