using TlsProxy.Uring;

namespace TlsProxy.Ktls.Channel;

/// <summary>The owner of a client's channel. It reads on when a send has failed: a server may have answered before it closed.</summary>
public interface IClientChannelOwner : ITicketOwner
{
    /// <summary>The peer takes no more; what it has sent is still received. A send under way has ended with this, and a further one fails
    /// too.</summary>
    void OnSendFailed(Errno error);
}
