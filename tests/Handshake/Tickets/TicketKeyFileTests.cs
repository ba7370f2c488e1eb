using System.Security.Cryptography;
using TlsProxy.Handshake.Tickets;
using TlsProxy.Testing;

namespace TlsProxy.Handshake.Tests.Tickets;

public sealed class TicketKeyFileTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string FilePath => _folder["ticket.keys"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Name_then_HMAC_key_then_AES_key_is_the_order_within_a_key()
    {
        var bytes = Write(160);
        var keys = TicketKeyFile.Read(FilePath);
        Assert.Equal(2, keys.Count);
        Assert.Equal(bytes[..16], keys.Name(0).ToArray());
        Assert.Equal(bytes[16..48], keys.HmacKey(0).ToArray());
        Assert.Equal(bytes[48..80], keys.AesKey(0).ToArray());
        Assert.Equal(bytes[80..96], keys.Name(1).ToArray());
        keys.Release();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(48)]
    [InlineData(79)]
    [InlineData(81)]
    [InlineData(17 * 80)]
    public void Another_length_is_refused(int length)
    {
        Write(length);
        Refused();
    }

    [Fact]
    public void A_file_that_others_may_read_is_refused()
    {
        Write(80);
        File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Contains("0600", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_repeated_name_and_a_missing_file_are_refused()
    {
        Refused();
        var bytes = RandomNumberGenerator.GetBytes(80);
        Write([.. bytes, .. bytes]);
        Refused();
    }

    [Fact]
    public void Reading_again_takes_other_keys_and_keeps_the_old_when_it_cannot()
    {
        Write(80);
        using var ring = new TicketKeyRing(FilePath, TimeSpan.FromHours(1), TimeProvider.System);
        Assert.False(ring.Reload());
        Write(160);
        Assert.True(ring.Reload());
        Assert.Equal(2, ring.Count);
        Write(20);
        Assert.Throws<TlsConfigurationException>(() => ring.Reload());
        Assert.Equal(2, ring.Count);
    }

    [Fact]
    public void Keys_of_a_file_do_not_rotate_by_themselves()
    {
        var time = new ManualTime();
        Write(80);
        using var ring = new TicketKeyRing(FilePath, TimeSpan.FromHours(1), time);
        time.Advance(TimeSpan.FromDays(1));
        ring.RotateIfDue();
        Assert.Equal((1, 0L), (ring.Count, ring.Rotations));
    }

    private string Refused()
    {
        var message = Assert.Throws<TlsConfigurationException>(() => TicketKeyFile.Read(FilePath)).Message;
        Assert.Contains(FilePath, message, StringComparison.Ordinal);
        return message;
    }

    private byte[] Write(int length) => Write(RandomNumberGenerator.GetBytes(length));

    private byte[] Write(byte[] bytes)
    {
        File.WriteAllBytes(FilePath, bytes);
        File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return bytes;
    }
}
