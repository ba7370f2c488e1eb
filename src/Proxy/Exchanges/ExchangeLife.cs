using TlsProxy.Proxy.Fetching;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>All that an <see cref="Exchange"/> knows of one request; replaced as a whole at its end.</summary>
internal struct ExchangeLife
{
    /// <summary>When its head was whole, and when it turned to the origin.</summary>
    public RequestTimes Times;

    /// <summary>The origin has been asked.</summary>
    public bool HasAsked;

    /// <summary>The place among those who wait for the origin.</summary>
    public FetchTicket? Ticket;

    /// <summary>The origin's answer, which waits for interim responses to leave.</summary>
    public FetchTicket? Answered;
}
