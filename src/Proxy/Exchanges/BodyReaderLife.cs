using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Telemetry.Logging;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>All that a <see cref="BodyReader"/> knows of one response; replaced as a whole at its end. Its place in the body isn't here,
/// since the body's producer reads that.</summary>
internal struct BodyReaderLife
{
    /// <summary>Acquired; null between responses.</summary>
    public Response? Response;

    /// <summary>Where it is told of the body's progress; null where it isn't.</summary>
    public WorkerSubscribers? Subscription;

    /// <summary>Is among the readers for whom the body's producer waits.</summary>
    public bool IsReader;

    /// <summary>Bytes of the body are read; false for a response without one, and for the answer to HEAD.</summary>
    public bool HasBody;

    /// <summary>The first byte that is read.</summary>
    public long Start;

    /// <summary>The end of what is read, or of the part of it.</summary>
    public long End;

    /// <summary>Bytes of the content; null where they aren't known.</summary>
    public long? Length;

    /// <summary>When the body was first seen whole, if it was still arriving when its response began; on the loop's clock.</summary>
    public long Arrived;

    /// <summary>Several parts, the part that is read, and whether the lines before it have been read.</summary>
    public MultipartRanges? Multipart;
    public int Part;
    public bool HasBegunPart;

    /// <summary>The body has changed.</summary>
    public void NoteProgress(long now)
    {
        if (Arrived == 0 && Response is { Body.IsComplete: true })
            Arrived = now;
    }

    /// <summary>Whether the bytes at an offset can never come: the window stays at a byte that a later part goes back to, and the offset
    /// lies too far ahead of that.</summary>
    /// <param name="offset">The byte that is waited for.</param>
    /// <param name="needed">The first byte that is still to be read.</param>
    public readonly bool IsBeyondWindow(long offset, long needed) =>
        Response!.Body.Window is { } window && offset - needed > window.Least / 2;

    /// <summary>Bytes of the content that have left; of several parts all, which is so at the end only.</summary>
    /// <param name="offset">The reader's place in the body.</param>
    public readonly SentBody SentUpTo(long offset) => new(!HasBody ? 0 : Multipart?.Length ?? offset - Start, Arrived);
}
