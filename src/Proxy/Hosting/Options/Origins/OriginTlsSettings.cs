using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Options.Origins;

/// <summary>What an origin of the configuration file says of its TLS; what it leaves out is as on the command line.</summary>
internal static class OriginTlsSettings
{
    private static readonly string[] Names = ["ca", "cert", "key", "tls-name"];

    /// <summary>The first of the settings that is there, or null.</summary>
    public static string? FirstOf(JsonSettings settings) => Array.Find(Names, name => settings.TryGet(name, out _));

    /// <param name="where">What errors begin with.</param>
    /// <param name="common">Of the command line.</param>
    /// <exception cref="StartException">A setting is wrong.</exception>
    public static OriginTlsOptions Read(JsonSettings settings, string where, OriginTlsOptions common)
    {
        if (FirstOf(settings) is null)
            return common;
        var certificate = OriginTlsOptionGroup.Pair(Path(settings, "cert"), Path(settings, "key"), setting => $"{where}: {setting}");
        return new OriginTlsOptions
        {
            AuthorityPath = Path(settings, "ca") ?? common.AuthorityPath,
            Certificate = certificate ?? common.Certificate,
            Name = OriginTlsOptionGroup.Name(settings.Text("tls-name"), $"{where}: tls-name") ?? common.Name,
            Place = where,
        };
    }

    private static string? Path(JsonSettings settings, string name) => settings.Text(name) switch
    {
        null => null,
        "" => throw settings.Wrong($"{name} is empty; name a file, or leave it out."),
        var path => path,
    };
}
