namespace TlsProxy.Handshake.Tests;

public sealed class EngineChoiceTests
{
    [Theory]
    [InlineData(TlsEngine.OpenSsl, false, true, false, TlsEngine.OpenSsl, "named")]
    [InlineData(TlsEngine.OpenSsl, true, true, false, TlsEngine.OpenSsl, "named")]
    [InlineData(TlsEngine.BouncyCastle, false, true, true, TlsEngine.BouncyCastle, "named")]
    [InlineData(null, true, true, false, TlsEngine.OpenSsl, "FIPS")]
    [InlineData(null, false, false, false, TlsEngine.OpenSsl, "not among the groups")]
    [InlineData(null, false, true, true, TlsEngine.OpenSsl, "has X25519MLKEM768")]
    [InlineData(null, false, true, false, TlsEngine.BouncyCastle, "lacks")]
    public void An_engine_is_chosen_by_name_else_by_what_the_machine_has(
        TlsEngine? wanted, bool isFips, bool wantsHybrid, bool hasHybrid, TlsEngine expected, string reason)
    {
        var choice = EngineChoice.Make(wanted, new EngineGrounds(isFips, wantsHybrid, hasHybrid));
        Assert.Equal(expected, choice.Engine);
        Assert.Contains(reason, choice.Reason, StringComparison.Ordinal);
        Assert.Contains("OpenSSL 3", choice.Library, StringComparison.Ordinal);
    }

    [Fact]
    public void BouncyCastle_has_the_hybrid_group_whatever_openssl_is_there() =>
        Assert.Equal(
            ["X25519MLKEM768", "X25519", "P-256", "P-384"], EngineChoice.Make(TlsEngine.BouncyCastle, default(EngineGrounds)).Groups);

    [Fact]
    public void Without_a_name_post_quantum_key_exchange_is_there_whatever_OpenSSL_the_machine_has()
    {
        var grounds = EngineChoice.ReadGrounds();
        var choice = EngineChoice.Make(null);
        Assert.True(grounds.IsFips || grounds.HasHybrid || choice.Engine == TlsEngine.BouncyCastle, choice.Reason);
    }

    [Fact]
    public void BouncyCastle_is_refused_where_only_validated_cryptography_may_be_used()
    {
        var refusal = Assert.Throws<TlsConfigurationException>(() => EngineChoice.Make(
            TlsEngine.BouncyCastle, new EngineGrounds(IsFips: true, WantsHybrid: true, HasHybrid: false)));
        Assert.Contains("FIPS", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("openssl", refusal.Message, StringComparison.Ordinal);
    }
}
