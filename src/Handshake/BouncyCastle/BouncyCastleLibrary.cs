using System.Reflection;
using Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>The package behind <see cref="BouncyCastleEngine"/>.</summary>
internal static class BouncyCastleLibrary
{
    /// <summary>The version that the engine is written against. It overrides what the package doesn't promise to keep: its inner order, the
    /// life of its secrets, and texts of its failures.</summary>
    public const string Expected = "2.7.0";

    /// <summary>The version that is loaded.</summary>
    public static string Version { get; } = typeof(TlsServerProtocol).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
}
