namespace TlsProxy.Handshake.Tests;

public sealed class EngineChoiceTests
{
    [Theory]
    [InlineData(null, false, TlsEngine.OpenSsl)]
    [InlineData(null, true, TlsEngine.OpenSsl)]
    [InlineData(TlsEngine.OpenSsl, true, TlsEngine.OpenSsl)]
    [InlineData(TlsEngine.BouncyCastle, false, TlsEngine.BouncyCastle)]
    public void An_engine_is_chosen_by_name_else_by_the_machine(TlsEngine? wanted, bool isFips, TlsEngine expected)
    {
        var choice = EngineChoice.Make(wanted, isFips);
        Assert.Equal(expected, choice.Engine);
        Assert.NotEmpty(choice.Reason);
        Assert.Contains("OpenSSL 3", choice.Library, StringComparison.Ordinal);
    }

    [Fact]
    public void BouncyCastle_has_the_hybrid_group_whatever_openssl_is_there() =>
        Assert.Equal(
            ["X25519MLKEM768", "X25519", "P-256", "P-384"], EngineChoice.Make(TlsEngine.BouncyCastle, isFips: false).Groups);

    [Fact]
    public void BouncyCastle_is_refused_where_only_validated_cryptography_may_be_used()
    {
        var refusal = Assert.Throws<TlsConfigurationException>(() => EngineChoice.Make(TlsEngine.BouncyCastle, isFips: true));
        Assert.Contains("FIPS", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("openssl", refusal.Message, StringComparison.Ordinal);
    }
}
