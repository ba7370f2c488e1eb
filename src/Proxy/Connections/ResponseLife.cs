using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Connections.Logging;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Connections;

/// <summary>All that a <see cref="ResponseSender"/> knows of one response; replaced as a whole at its end. Its place in the body isn't
/// here, since the body's producer reads that.</summary>
internal struct ResponseLife
{
    /// <summary>Acquired; null between responses.</summary>
    public Response? Response;

    /// <summary>How much of it is sent isn't known yet.</summary>
    public bool IsUndecided;

    /// <summary>Is told of the body's progress.</summary>
    public bool IsSubscribed;

    /// <summary>Is among the readers for whom the body's producer waits.</summary>
    public bool IsReader;

    /// <summary>Where the head lies, and what of it hasn't left.</summary>
    public Segment? Head;
    public int HeadLength;

    /// <summary>Where what is sent begins.</summary>
    public long Start;

    /// <summary>The end of what is sent, or of the part of it.</summary>
    public long End;
    public bool HasBody;
    public bool IsChunked;
    public bool AcceptsTrailers;

    /// <summary>The connection ends with the response.</summary>
    public bool Closes;

    /// <summary>Body bytes of the send under way.</summary>
    public int InFlight;

    /// <summary>When the body was first seen whole, if it was still arriving when its response began; on the loop's clock.</summary>
    public long Arrived;

    /// <summary>The send under way is the last.</summary>
    public bool HasEnded;

    public MultipartRanges? Multipart;
    public int Part;
    public bool HasBegunPart;

    /// <summary>The body has changed.</summary>
    public void NoteProgress(long now)
    {
        if (Arrived == 0 && Response is { Body.IsComplete: true })
            Arrived = now;
    }

    /// <summary>What is waited for comes never: the window stays at a byte that a later part goes back to, and what is waited for lies
    /// too far ahead of that.</summary>
    /// <param name="offset">The byte that is waited for.</param>
    /// <param name="needed">The first byte that is still to be sent.</param>
    public readonly bool IsBeyondWindow(long offset, long needed) =>
        Response!.Body.Window is { } window && offset - needed > window.Least / 2;

    /// <summary>What has left of the body; of several parts all, which is so at the end only.</summary>
    /// <param name="offset">Where in the body the sender stands.</param>
    public readonly SentBody SentUpTo(long offset) => new(!HasBody ? 0 : Multipart?.Length ?? offset - Start, Arrived);
}
