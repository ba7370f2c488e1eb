using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>Judges a client that reads a response slowly, by comparing what each look at it finds with the look before. A look follows each
/// write deadline.</summary>
internal struct ReaderPatience
{
    // A reader that takes nothing ends after two looks at most, and with it a standstill that is only its own.
    private const int LooksAtStandstillMaximum = 3;

    private long _sent;

    // The place of the body's slowest reader while its producer waited, and for how many looks it has stood there.
    private long _standstill;
    private int _looksAtStandstill;

    // The standstill of the body's producer in which this client kept others from going on; 0 for none.
    private int _holdUp;

    /// <param name="sent">Bytes that the client's side has taken.</param>
    public void Begin(long sent) => _sent = sent;

    /// <summary>Whether the client has taken a byte since the last look.</summary>
    public bool HasTaken(long sent)
    {
        var before = _sent;
        _sent = sent;
        return sent != before;
    }

    /// <summary>Whether others that read the same body have waited for this client, and for nothing else, since the last look. The bytes
    /// that it still needs can't be dropped, so it is cut.</summary>
    public bool HoldsUpOthers(BodyReader reader)
    {
        var before = _holdUp;
        _holdUp = reader.Body?.FindHeldUpBy(reader) ?? 0;
        return before != 0 && _holdUp == before;
    }

    /// <summary>Whether to wait on for the origin. Its own deadlines end that wait, but for one case: it waits for the body's readers, the
    /// slowest of which stays where it is for longer than its deadline allows.</summary>
    public bool MayWaitOn(Body? body)
    {
        var standstill = body?.FindStandstill() ?? -1;
        _looksAtStandstill = standstill >= 0 && standstill == _standstill ? _looksAtStandstill + 1 : 0;
        _standstill = standstill;
        return _looksAtStandstill < LooksAtStandstillMaximum;
    }
}
