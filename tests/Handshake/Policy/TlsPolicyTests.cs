using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.OpenSsl;
using TlsProxy.Handshake.Policy;

namespace TlsProxy.Handshake.Tests.Policy;

public sealed class TlsPolicyTests
{
    [Fact]
    public void Every_suite_group_and_signature_algorithm_with_a_number_is_offered_once()
    {
        Assert.Equal(Enum.GetValues<CipherSuite>().Order(), TlsPolicy.Suites.Order());
        Assert.Equal(Enum.GetValues<NamedGroup>().Order(), TlsPolicy.Groups.Order());
        Assert.Equal(Enum.GetValues<SignatureScheme>().Order(), TlsPolicy.Signatures.Order());
    }

    [Fact]
    public void The_OpenSSL_engine_has_a_name_for_each_of_them()
    {
        var suites = $"{OpenSslNames.Suites13}:{OpenSslNames.Suites12}".Split(':');
        Assert.Equal(TlsPolicy.Suites.Count, suites.Distinct().Count());
        Assert.Equal(TlsPolicy.Signatures.Count, OpenSslNames.Signatures.Split(':').Distinct().Count());
        Assert.Equal(TlsPolicy.Groups.Count, OpenSslNames.Groups.Distinct().Count());
    }
}
