namespace TlsProxy.Proxy.Connections.Http1;

/// <summary>All that an <see cref="Http1Protocol"/> knows of one connection; replaced as a whole at its end.</summary>
internal struct Http1Life
{
    public bool HasBeenAsked;

    /// <summary>The client sends no more.</summary>
    public bool PeerEnded;

    /// <summary>The request under way.</summary>
    public Http1Request Request;
}
