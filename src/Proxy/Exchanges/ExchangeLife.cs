using TlsProxy.Proxy.Fetching;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>All that an <see cref="Exchange"/> knows of one request; replaced as a whole at its end.</summary>
internal struct ExchangeLife
{
    /// <summary>The request's head was valid.</summary>
    public bool HasBegun;

    /// <summary>Bytes of its response have left.</summary>
    public bool HasSent;

    /// <summary>When its head was whole, and when it turned to the origin; in nanoseconds of the loop's clock.</summary>
    public long BeganAt;
    public long AskedAt;

    /// <summary>The origin has been asked, or another thread makes the answer.</summary>
    public bool HasAsked;

    /// <summary>The place among those who wait for the origin.</summary>
    public FetchTicket? Ticket;

    /// <summary>The place of an answer that another thread makes.</summary>
    public LaterAnswer? Later;

    /// <summary>The origin's answer, which waits for an interim response to leave.</summary>
    public FetchTicket? Answered;
}
