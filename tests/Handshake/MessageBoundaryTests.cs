using TlsProxy.Handshake.Keys;

namespace TlsProxy.Handshake.Tests;

/// <summary>A message may not span a change of keys (RFC 9846, section 5.1).</summary>
public sealed class MessageBoundaryTests : IDisposable
{
    private readonly TestCertificate _certificate = new();
    private readonly TlsContext _context;

    public MessageBoundaryTests() => _context = _certificate.CreateContext();

    public void Dispose()
    {
        _context.Dispose();
        _certificate.Dispose();
    }

    [Theory]
    [InlineData("14")]
    [InlineData("14000020")]
    [InlineData("0B000004000000")]
    public void What_stands_behind_a_hello_in_its_record_ends_the_handshake(string rest)
    {
        using var server = new ServerHandshake(_context);
        using var client = new OpenSslClient(TlsVersion.Tls13);
        byte[] message = [.. client.Advance()[Wire.HeaderLength..], .. Convert.FromHexString(rest)];

        server.Offer([22, 3, 1, (byte)(message.Length >> 8), (byte)message.Length, .. message]);

        Assert.Equal(HandshakeStatus.Failed, server.Status);
        // unexpected_message, perhaps under the server's keys already.
        var last = Wire.Records(server.Output)[^1];
        Assert.True(last[0] == 23 || last[^1] == 10, Convert.ToHexString(last));
    }
}
