using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Connections.Http1;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Connections;

/// <summary>All that a <see cref="ClientConnection"/> knows of one request and its response; replaced as a whole at its end.</summary>
/// <remarks>It has so many fields because that one assignment has to replace all of them.</remarks>
internal struct ExchangeLife
{
    public ExchangeLife()
    {
    }

    public HttpVersion Version;
    public bool KeepAlive;

    /// <summary>Not so for HEAD. What can't be read is answered with a body.</summary>
    public bool BodyWanted = true;

    public bool AcceptsTrailers;

    /// <summary>The client waits for 100 Continue.</summary>
    public bool ExpectsContinue;

    /// <summary>100 Continue is on its way.</summary>
    public bool Continuing;

    /// <summary>How the request's body comes.</summary>
    public UploadPace Upload;

    /// <summary>The place among those who wait for the origin.</summary>
    public FetchTicket? Ticket;

    /// <summary>The place of an answer that another thread makes.</summary>
    public LaterAnswer? Later;

    /// <summary>The origin's answer, which waits for 100 Continue to leave.</summary>
    public FetchTicket? Answered;

    /// <summary>The request of whose range it isn't known yet whether it arrives.</summary>
    public RequestHead? Undecided;
    public CacheNote UndecidedNote;

    /// <summary>Bytes the kernel had taken before the response, and when the deadline last passed.</summary>
    public long SentBefore;
    public long SentAtLastLook;

    /// <summary>Where the slowest reader of the body stood then while its producer waited, and how often it has stood there.</summary>
    public long Standstill;
    public int LooksAtStandstill;

    /// <summary>In which standstill of the body's producer this client kept others from going on when the deadline last passed; 0 for
    /// none.</summary>
    public int HoldUp;

    /// <summary>Takes over what a request says of its answer.</summary>
    public void Take(RequestHead head)
    {
        Version = head.Version;
        BodyWanted = head.Method != KnownMethod.Head;
        AcceptsTrailers = head.AcceptsTrailers;
        KeepAlive = head.KeepAlive;
    }

    public readonly ResponseTerms Terms(ReadOnlyMemory<byte> addedFields, long unixSeconds) =>
        new(Version, KeepAlive, BodyWanted, AcceptsTrailers, addedFields, unixSeconds);
}
