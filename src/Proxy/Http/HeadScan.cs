namespace TlsProxy.Proxy.Http;

/// <summary>How far a head that comes in pieces has been judged, so that its bytes are looked at once. The default is the start of a
/// head.</summary>
internal struct HeadScan
{
    /// <summary>Lines that are whole and valid.</summary>
    public int Lines;

    /// <summary>Bytes of those lines.</summary>
    public int LineStart;

    /// <summary>Bytes of the line behind them that hold no line end.</summary>
    public int Looked;

    /// <summary>Bytes of the first line with its end.</summary>
    public int FieldsStart;
}
