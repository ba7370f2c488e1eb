using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>Removes X-Forwarded and kindred fields from a request, unless <see cref="TrustedProxies"/> has the client. The fields are those
/// of <see cref="ProvenanceFields"/>.</summary>
internal static class ForwardedTrust
{
    /// <summary>Takes out of a request what only a trusted proxy may say, and sets its scheme. The origin isn't told what is taken out, so
    /// it mustn't select a stored response either.</summary>
    public static void Apply(RequestHead head, Peer peer)
    {
        var mayHaveProvenance = head.Fields.MayContainAny(ProvenanceFields.Mask);
        if (mayHaveProvenance)
            ProvenanceFields.RemoveUnbelieved(head, peer.IsTrusted);
        head.IsHttps = mayHaveProvenance && head.Fields.TryGet(KnownField.XForwardedProto, out var said)
            ? Ascii.EqualsIgnoreCase(said, "https"u8)
            : peer.IsTls;
    }
}
