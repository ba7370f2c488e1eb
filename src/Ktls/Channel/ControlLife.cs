using TlsProxy.Ktls.Records;

namespace TlsProxy.Ktls.Channel;

/// <summary>State of one connection in its <see cref="ControlRecords"/>; replaced as a whole at its end.</summary>
internal struct ControlLife
{
    public ControlCredit Credit;

    /// <summary>The peer wants to renegotiate, and is to be told that this isn't done.</summary>
    public bool OwesRefusal;
}
