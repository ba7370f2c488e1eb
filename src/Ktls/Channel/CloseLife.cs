using TlsProxy.Ktls.Records;

namespace TlsProxy.Ktls.Channel;

/// <summary>State of one connection in a <see cref="ChannelClose"/>; replaced as a whole at its end.</summary>
internal struct CloseLife
{
    /// <summary>The alert that ends the connection, and whether it has been sealed or sent.</summary>
    public TlsAlert LastAlert;
    public bool HasNotified;

    /// <summary>Bytes that came while the connection ended.</summary>
    public int LingeredBytes;
}
