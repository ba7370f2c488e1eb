using TlsProxy.Handshake.Certificates;

namespace TlsProxy.Proxy.Upstream;

/// <summary>How an https origin is verified, and what it is presented with. Nothing leaves its certificate unverified.</summary>
internal sealed record OriginTlsOptions
{
    /// <summary>PEM file of the authorities that certificates must lead to; null for those of the system.</summary>
    public string? AuthorityPath { get; init; }

    /// <summary>Presented to an origin that asks for a certificate; null for none.</summary>
    public CertificateFiles? Certificate { get; init; }

    /// <summary>The name or address that certificates must be for, a name being sent as SNI; null for the host of the URL.</summary>
    public string? Name { get; init; }

    /// <summary>Where the settings stand in the file of <c>--config</c>, in words of an error; null for the command line.</summary>
    public string? Place { get; init; }

    /// <summary>What origins have in common that share their sessions' store: all but the name.</summary>
    public OriginTlsOptions Terms => this with { Name = null, Place = null };

    /// <summary>The option or setting behind a part of these.</summary>
    /// <param name="setting"><c>ca</c>, <c>cert</c>, <c>key</c> or <c>tls-name</c>.</param>
    public string OptionOf(string setting) => Place is null ? $"--origin-{setting}" : $"{Place}: {setting}";
}
