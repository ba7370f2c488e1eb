using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace TlsProxy.Handshake.Tests;

/// <summary>What a test's client asks for.</summary>
internal sealed record ClientWish
{
    public string Name { get; init; } = "localhost";

    public SslProtocols Protocol { get; init; } = SslProtocols.Tls13;

    public SslApplicationProtocol ApplicationProtocol { get; init; } = SslApplicationProtocol.Http11;

    public X509Certificate2? Certificate { get; init; }

    /// <summary>Bytes that the server's side is given at once.</summary>
    public int Piece { get; init; } = 4096;

    /// <summary>Called when the server has answered the first time.</summary>
    public Action OnAnswered { get; init; } = () => { };
}
