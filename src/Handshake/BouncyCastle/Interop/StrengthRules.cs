using System.Runtime.InteropServices;
using TlsProxy.Handshake.Interop;

namespace TlsProxy.Handshake.BouncyCastle.Interop;

/// <summary>How strong keys and signatures of certificates must be: by libssl's security level, which the system's configuration may set
/// (SSL_CTX_set_security_level(3)). So each engine takes the same certificates.</summary>
internal sealed class StrengthRules : SafeHandle
{
    private StrengthRules(nint context)
        : base(0, ownsHandle: true) => SetHandle(context);

    public override bool IsInvalid => handle == 0;

    /// <summary>The level, from 0 for everything to 5.</summary>
    internal int Level => LibSslContexts.SSL_CTX_get_security_level(handle);

    /// <exception cref="TlsConfigurationException">libssl refuses the settings of a server.</exception>
    internal static StrengthRules Create()
    {
        OpenSslLoader.EnsureLoaded();
        LibCrypto.ERR_clear_error();
        var rules = new StrengthRules(LibSslContexts.SSL_CTX_new(LibSslContexts.TLS_server_method()));
        if (!rules.IsInvalid)
            return rules;
        rules.Dispose();
        var reason = OpenSslErrors.Take();
        throw new TlsConfigurationException($"libssl has no settings of a server ({reason}): use another build of OpenSSL 3.");
    }

    /// <summary>Whether a server may present a certificate with its chain.</summary>
    /// <param name="reason">Why not, in libssl's words.</param>
    internal bool Allow(CertificateHandle certificate, out string reason)
    {
        var isAllowed = certificate.TryGiveTo(handle, replaces: true);
        reason = isAllowed ? string.Empty : OpenSslErrors.Take();
        return isAllowed;
    }

    protected override bool ReleaseHandle()
    {
        LibSslContexts.SSL_CTX_free(handle);
        return true;
    }
}
