using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Keys;

namespace TlsProxy.Proxy.Telemetry;

/// <summary>What a connection's handshake agreed on, for logs.</summary>
/// <param name="Group">The group of the key exchange; null where the resumption did without.</param>
internal readonly record struct TlsSession(TlsVersion Version, CipherSuite Suite, string? Group, bool Resumed)
{
    public static TlsSession Of(in HandshakeFacts facts) => new(facts.Version, facts.Suite, facts.Group, facts.Resumed);

    /// <summary>The version in libssl's words.</summary>
    public string VersionText => Version switch
    {
        TlsVersion.Tls12 => "TLSv1.2",
        TlsVersion.Tls13 => "TLSv1.3",
        _ => "-",
    };

    /// <summary>The suite in libssl's words, which are the registry's for those of TLS 1.3.</summary>
    public string SuiteText => Suite == default ? "-" : Suite.Name();

    /// <summary><c>yes</c> or <c>no</c>.</summary>
    public string ResumedText => Version == default ? "-" : Resumed ? "yes" : "no";
}
