using System.Buffers.Binary;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Tests.Engines;

namespace TlsProxy.Handshake.Tests.BouncyCastle;

/// <summary>Shares of X25519MLKEM768 that are none end the handshake as the client's fault.</summary>
public sealed class HybridShareTests : IDisposable
{
    private const int Group = 0x11EC;
    private const int EncapsulationLength = 1184;
    private const int ShareLength = EncapsulationLength + 32;
    private const int IllegalParameter = 47;

    private readonly TestCertificate _certificate = new();

    public void Dispose() => _certificate.Dispose();

    [Theory]
    [InlineData(1, 0)]
    [InlineData(EncapsulationLength - 1, 0)]
    [InlineData(EncapsulationLength, 0)]
    [InlineData(EncapsulationLength + 1, 0)]
    [InlineData(ShareLength - 1, 0)]
    [InlineData(ShareLength + 1, 0)]
    // The share of X25519 is of small order.
    [InlineData(ShareLength, 0)]
    // Coefficients are below 3,329 (FIPS 203, section 7.2).
    [InlineData(ShareLength, 0xFF)]
    public void A_share_that_is_none_is_an_illegal_parameter(int length, byte filling)
    {
        var options = TestCertificate.Options(_certificate.ChainPath, _certificate.KeyPath) with { Engine = TlsEngine.BouncyCastle };
        using var context = TlsContext.Create(options);
        using var server = new ServerHandshake(context);
        using var client = new OpenSslClient(TlsVersion.Tls13);
        var share = new byte[length];
        share.AsSpan().Fill(filling);

        var hello = new HelloVariants(client.Advance().AsSpan(Wire.HeaderLength));
        server.Offer(hello.Of((10, [0, 2, Group >> 8, Group & 0xFF]), (51, Share(share))));

        Assert.Equal(HandshakeStatus.Failed, server.Status);
        Assert.Equal([21, 3, 3, 0, 2, 2, IllegalParameter], server.Output.ToArray());
    }

    private static byte[] Share(byte[] share)
    {
        var data = new byte[6 + share.Length];
        BinaryPrimitives.WriteUInt16BigEndian(data, (ushort)(share.Length + 4));
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(2), Group);
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(4), (ushort)share.Length);
        share.CopyTo(data, 6);
        return data;
    }
}
