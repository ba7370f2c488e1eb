namespace TlsProxy.Proxy.Cache.Policy;

/// <summary>When an answer was asked for and when its head came: numbers that all requests and answers share, since clocks may be set back.
/// </summary>
/// <param name="Asked">The number of the request, taken before it left.</param>
/// <param name="Came">The number of the answer, taken after its head came.</param>
internal readonly record struct AnswerOrder(long Asked, long Came)
{
    /// <summary>Whether it was asked for when the other had come.</summary>
    public bool Follows(in AnswerOrder other) => Asked > other.Came;
}
