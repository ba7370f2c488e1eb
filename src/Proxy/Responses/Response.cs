using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Responses;

/// <summary>A response for any number of clients: a status, fields and a body that is pulled. Answers of our own, cached and arriving ones
/// look alike. The response decides which fields a head has; each protocol writes its own head from that.</summary>
internal class Response
{
    // Of 304s, which have none: one a thread, so that those of many responses don't share its count. It is never released.
    [ThreadStatic]
    private static Body? t_none;

    // Lines of the table, from its first, that are all that are sent, and their bytes; no lines where others stand between them.
    private readonly int _sentFirst;
    private readonly int _sentBytes;
    private readonly short _status;
    private readonly Marks _marks;

    // One reference, set once by an interlocked operation: a thread that loses the race takes the winner's.
    private Response? _notModified;

    /// <param name="head">Status and fields, which don't change any more.</param>
    /// <param name="body">Its first reference passes to the response.</param>
    /// <param name="lengthInHead">Content-Length is among the fields and is sent, as in the answer to HEAD, whose body isn't there.</param>
    /// <param name="keepsAge">Age is sent as it is among the fields, since it isn't counted on.</param>
    /// <param name="isLocal">The proxy itself answers, not the origin.</param>
    /// <param name="packs">False for one client's response, whose head is written once: packing would cost more than it saves.</param>
    public Response(
        ResponseHead head, Body body, bool lengthInHead = false, bool keepsAge = false, bool isLocal = false, bool packs = true)
    {
        Head = head;
        Body = body;
        _status = (short)head.Status;
        _marks = (lengthInHead ? Marks.LengthInHead : 0) | (keepsAge ? Marks.KeepsAge : 0) | (isLocal ? Marks.Local : 0)
            | (head.Fields.Contains(KnownField.Date) ? Marks.HasDate : 0);
        // Those that are sent come first, so that a writer finds them in one piece.
        _sentBytes = packs && head.Fields.TryPack(IsForwarded, out _sentFirst)
            ? head.Fields.Lines(0, _sentFirst).Length : CountSent(out _sentFirst);
    }

    /// <summary>The 304 in place of a response. It shares the response's head, and leaves fields out when it is written.</summary>
    private Response(Response whole)
    {
        Head = whole.Head;
        Body = t_none ??= Body.Empty();
        _status = 304;
        _marks = (whole._marks & ~Marks.LengthInHead) | Marks.NotModified;
        _sentFirst = whole._sentFirst;
        _sentBytes = whole._sentBytes;
    }

    // One byte for all, since there are many responses.
    [Flags]
    private enum Marks : byte
    {
        Local = 1,
        NotModified = 2,
        LengthInHead = 4,
        HasDate = 8,
        KeepsAge = 16,
    }

    public int Status => _status;

    /// <summary>The head of the whole, for conditions and ranges.</summary>
    public ResponseHead Head { get; }

    public Body Body { get; }

    /// <summary>The proxy itself answers: conditions and ranges don't apply, and there is no Via.</summary>
    public bool IsLocal => (_marks & Marks.Local) != 0;

    /// <summary>It is the <see cref="NotModified"/> of another.</summary>
    public bool IsNotModified => (_marks & Marks.NotModified) != 0;

    /// <summary>The head tells the length of a body that isn't there.</summary>
    public bool LengthInHead => (_marks & Marks.LengthInHead) != 0;

    /// <summary>Whether Date is among the fields; a writer adds it where it is missing (RFC 9110, section 6.6.1).</summary>
    public bool HasDate => (_marks & Marks.HasDate) != 0;

    /// <summary>Bytes of the field lines that are sent, each as <c>name: value</c> with its line end, Via among them.</summary>
    public int FieldBytes => _sentBytes + (Via.IsEmpty ? 0 : "Via".Length + Via.Length + PackedLines.MarkBytes);

    /// <summary>The 304 in place of a response of the origin, made when it is first wanted.</summary>
    public Response NotModified
    {
        get
        {
            // Several threads may make one at once: the first that is published stays, and every reader sees it whole.
            if (Volatile.Read(ref _notModified) is { } made)
                return made;
            var created = new Response(this);
            return Interlocked.CompareExchange(ref _notModified, created, null) ?? created;
        }
    }

    /// <summary>The field lines of the whole that are sent, in one piece and without Via; empty where the table of <see cref="Head"/>
    /// doesn't have them so.</summary>
    public ReadOnlySpan<byte> SentLines => _sentFirst == 0 ? default : Head.Fields.FirstLines(_sentBytes);

    /// <summary>Content-Type of the whole; empty for none.</summary>
    public ReadOnlySpan<byte> ContentType => Head.Fields.TryGet(KnownField.ContentType, out var type) ? type : default;

    /// <summary>Via (RFC 9110, section 7.6.3); empty where the proxy itself answers.</summary>
    public ReadOnlySpan<byte> Via => IsLocal ? default : Head.Version == HttpVersion.Http10 ? "1.0 tlsproxy"u8 : "1.1 tlsproxy"u8;

    /// <summary>Whether a response with this status has a body at all (RFC 9110, section 6.4.1).</summary>
    public bool MayHaveBody => Status is >= 200 and not 204 and not 304;

    /// <summary>Which of the fields the head has for a client that gets so much of the response.</summary>
    public SentFields FieldsOf(in ResponsePart part) => IsNotModified ? SentFields.NotOfContent
        : part.Status == Status ? SentFields.All
        : part.Status == 416 ? SentFields.None
        : part.Several is null ? SentFields.All
        : SentFields.AllButContentType;

    /// <summary>Whether a line of <see cref="Head"/> is sent. Fields of the origin's connection aren't, nor a length and an age that the
    /// writer adds itself.</summary>
    public bool Sends(int index, SentFields fields)
    {
        if (index >= _sentFirst && !IsForwarded(index))
            return false;
        var known = Head.Fields.Known(index);
        return fields switch
        {
            SentFields.All => true,
            SentFields.AllButContentType => known != KnownField.ContentType,
            SentFields.NotOfContent => !KnownFields.DescribesContent(known, Head.Fields.Name(index)),
            _ => false,
        };
    }

    public bool TryAcquire() => Body.TryAcquire();

    public void Release() => Body.Release();

    private bool IsForwarded(int index) => Head.Fields.Known(index) switch
    {
        KnownField.ContentLength => LengthInHead && Status != 204,
        KnownField.Age => (_marks & Marks.KeepsAge) != 0,
        _ => !Head.Fields.IsHopByHop(index),
    };

    private int CountSent(out int sentFirst)
    {
        var (bytes, sent, behind) = (0, 0, 0);
        for (var i = 0; i < Head.Fields.Count; i++)
        {
            if (!Sends(i, SentFields.All))
                continue;
            bytes += Head.Fields.Name(i).Length + Head.Fields.Value(i).Length + PackedLines.MarkBytes;
            sent++;
            behind = i + 1;
        }

        sentFirst = Head.Fields.IsPacked && sent == behind ? sent : 0;
        return bytes;
    }
}
