using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>All that an <see cref="Answer"/> knows of one response; replaced as a whole at its end.</summary>
internal struct AnswerLife
{
    public AnswerLife()
    {
    }

    /// <summary>The response is on its way, or waits for the bytes that decide how much of it is sent.</summary>
    public bool IsUnderWay;

    /// <summary>False for HEAD. An unreadable request is answered with a body.</summary>
    public bool IsBodyWanted = true;

    /// <summary>The request of whose range it isn't known yet whether it arrives.</summary>
    public RequestHead? Undecided;
    public CacheNote UndecidedNote;

    /// <summary>Bytes the client's side had taken before the response.</summary>
    public long SentBefore;

    /// <summary>How the client takes the response.</summary>
    public ReaderPatience Patience;
}
