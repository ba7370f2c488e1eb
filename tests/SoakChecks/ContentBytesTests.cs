using TlsProxy.Soak.Content;

namespace TlsProxy.SoakChecks.Tests;

public sealed class ContentBytesTests
{
    private static readonly ulong Key = ContentBytes.Key("/object/1", "de", 3);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 20)]
    [InlineData(4095, 4098)]
    public void A_piece_is_what_the_whole_has_there(int offset, int length)
    {
        var whole = new byte[10_000];
        ContentBytes.Fill(Key, 0, whole);
        var piece = new byte[length];

        ContentBytes.Fill(Key, offset, piece);

        Assert.Equal(whole[offset..(offset + length)], piece);
        Assert.Equal(-1, ContentBytes.FindDifference(Key, offset, piece));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4096)]
    [InlineData(9999)]
    public void A_wrong_byte_is_found(int at)
    {
        var found = new byte[10_000];
        ContentBytes.Fill(Key, 77, found);
        found[at] ^= 1;

        Assert.Equal(77 + at, ContentBytes.FindDifference(Key, 77, found));
    }

    [Fact]
    public void Another_target_variant_or_version_has_other_bytes()
    {
        Assert.Distinct(
        [
            Key, ContentBytes.Key("/object/1", "de", 4), ContentBytes.Key("/object/1", "en", 3), ContentBytes.Key("/object/1d", "e", 3),
        ]);
    }
}
