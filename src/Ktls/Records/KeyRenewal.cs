namespace TlsProxy.Ktls.Records;

/// <summary>Which KeyUpdate of TLS 1.3 we owe, and which we wait for (RFC 9846, section 4.7.3).</summary>
internal struct KeyRenewal
{
    private bool _owes;
    private bool _asks;
    private bool _awaits;

    /// <summary>Whether a KeyUpdate is to be sent.</summary>
    public readonly bool IsDue => _owes || _asks;

    /// <summary>The peer wants our keys changed. However often it has asked, one change answers it.</summary>
    public void Owe() => _owes = true;

    /// <summary>Asks the peer to change its keys, unless it has been asked already: one request at most is outstanding.</summary>
    /// <returns>Whether it is asked now.</returns>
    public bool TryAsk()
    {
        if (_asks || _awaits)
            return false;
        return _asks = true;
    }

    /// <summary>The peer has changed its keys.</summary>
    public void OnPeerUpdated() => _awaits = false;

    /// <summary>Takes what is due.</summary>
    /// <returns>The value of request_update: 1 asks the peer for new keys, too.</returns>
    public byte Take()
    {
        var asks = _asks;
        _awaits |= asks;
        _owes = _asks = false;
        return asks ? (byte)1 : (byte)0;
    }
}
