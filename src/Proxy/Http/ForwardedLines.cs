using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>Which lines of a request reach the origin: one answer for the request that is forwarded and for the variant that is
/// selected.</summary>
internal static class ForwardedLines
{
    /// <summary>Whether a line goes to the origin as the client wrote it.</summary>
    public static bool Passes(FieldTable request, int index) => MayPass(request.Name(index)) && !request.IsHopByHop(index);

    /// <summary>Whether a line of this name can go to the origin as the client wrote it. One with an underscore can't: origins that follow
    /// CGI (RFC 3875, section 4.1.18) or WSGI read it as the field with a hyphen, which variants and rules are told by.</summary>
    public static bool MayPass(ReadOnlySpan<byte> name)
    {
        var known = KnownFields.Of(name);
        return !IsWrittenByProxy(known, name) && !KnownFields.IsHopByHop(known) && !name.Contains((byte)'_');
    }

    /// <summary>Whether a line of this name can select a stored response. X-Forwarded-Host can: a trusted proxy's is passed on, and any
    /// other is removed before.</summary>
    public static bool MaySelect(ReadOnlySpan<byte> name) => KnownFields.Of(name) == KnownField.XForwardedHost || MayPass(name);

    /// <summary>Fields that the proxy writes itself or answers for. A client's Forwarded (RFC 7239) would contradict the X-Forwarded
    /// fields.</summary>
    private static bool IsWrittenByProxy(KnownField known, ReadOnlySpan<byte> name) => known is KnownField.Host or KnownField.ContentLength
        or KnownField.Expect or KnownField.XForwardedFor or KnownField.XForwardedHost or KnownField.XForwardedProto
        || Ascii.EqualsIgnoreCase(name, "Forwarded"u8);
}
