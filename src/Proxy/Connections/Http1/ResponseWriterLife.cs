using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Connections.Http1;

/// <summary>All that a <see cref="ResponseWriter"/> knows of one response; replaced as a whole at its end.</summary>
internal struct ResponseWriterLife
{
    /// <summary>Holds the head, and what of it hasn't left, or interim responses; null between responses.</summary>
    public Segment? Head;
    public int HeadLength;

    /// <summary>Interim responses are on their way.</summary>
    public bool IsInterim;

    public bool IsChunked;
    public bool AcceptsTrailers;

    /// <summary>The connection ends with the response.</summary>
    public bool Closes;

    /// <summary>Body bytes of the send under way.</summary>
    public int InFlight;

    /// <summary>The send under way is the last.</summary>
    public bool HasEnded;
}
