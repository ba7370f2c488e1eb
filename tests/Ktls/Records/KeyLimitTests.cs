using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Records;

namespace TlsProxy.Ktls.Tests.Records;

public sealed class KeyLimitTests
{
    [Theory]
    [InlineData(Aead.Aes128Gcm, 23_726_566UL)]
    [InlineData(Aead.Aes256Gcm, 23_726_566UL)]
    [InlineData(Aead.ChaCha20Poly1305, ulong.MaxValue)]
    public void A_cipher_bears_what_the_RFC_says(Aead aead, ulong records)
    {
        Assert.Equal(KeyLimit.AesGcmRecords, Math.Floor(Math.Pow(2, 24.5)));
        var limit = new KeyLimit(aead, null);
        Assert.True(limit.AllowsLast(records - 1));
        Assert.False(limit.AllowsLast(records));
        Assert.Equal((1UL, 0UL, 0UL), (limit.Room(records - 3), limit.Room(records - 2), limit.Room(records)));
        Assert.False(limit.IsNear((records / 4 * 3) - 1));
        Assert.True(limit.IsNear(records - (records / 4)));
    }

    [Fact]
    public void A_lower_limit_counts_for_every_cipher_and_a_higher_one_for_none()
    {
        foreach (var aead in Enum.GetValues<Aead>())
        {
            var limit = new KeyLimit(aead, 32);
            Assert.Equal((30UL, true, false), (limit.Room(0), limit.IsNear(24), limit.IsNear(23)));
        }

        Assert.False(new KeyLimit(Aead.Aes128Gcm, int.MaxValue).AllowsLast(KeyLimit.AesGcmRecords));
    }

    [Fact]
    public void Without_keys_there_is_no_limit()
    {
        KeyLimit none = default;
        Assert.Equal(ulong.MaxValue, none.Room(ulong.MaxValue));
        Assert.Equal((false, true), (none.IsNear(ulong.MaxValue), none.AllowsLast(ulong.MaxValue)));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(16384, 16384, 1)]
    [InlineData(16385, 16385, 2)]
    [InlineData(524_288, 524_288, 32)]
    [InlineData(524_288, 131_072, 9)]
    [InlineData(524_288, 16_384, 2)]
    [InlineData(524_288, 1, 2)]
    [InlineData(524_288, 0, 1)]
    [InlineData(100, 50, 1)]
    public void A_send_counts_as_many_records_as_it_can_have_made(int bytes, int taken, ulong records)
    {
        var counted = new KernelRecords(before: 7);
        counted.Begin(bytes);
        Assert.Equal(7 + (ulong)((bytes + 16383) / 16384), counted.Count);
        counted.End(taken);
        Assert.Equal(7 + records, counted.Count);
        Assert.True(counted.Count - 7 >= (ulong)((taken + 16383) / 16384));
    }

    [Fact]
    public void One_request_for_new_keys_is_outstanding_at_most()
    {
        KeyRenewal renewal = default;
        Assert.False(renewal.IsDue);
        Assert.True(renewal.TryAsk());
        Assert.False(renewal.TryAsk());
        Assert.Equal((true, 1), (renewal.IsDue, renewal.Take()));
        Assert.False(renewal.TryAsk());
        renewal.Owe();
        renewal.Owe();
        Assert.Equal((true, 0), (renewal.IsDue, renewal.Take()));
        Assert.False(renewal.IsDue || renewal.TryAsk());
        renewal.OnPeerUpdated();
        Assert.True(renewal.TryAsk());
    }
}
