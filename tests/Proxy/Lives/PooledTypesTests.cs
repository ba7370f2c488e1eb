using TlsProxy.Handshake;
using TlsProxy.Proxy.Connections;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Lives;

/// <summary>Each type whose objects are pooled has a test that compares an object whose life has ended with a new one.</summary>
public sealed class PooledTypesTests
{
    private static readonly Dictionary<string, Type> s_tests = new(StringComparer.Ordinal)
    {
        [nameof(Connection)] = typeof(CutLifeTests),
        [nameof(ServerHandshake)] = typeof(CutLifeTests),
        [nameof(MessageBlock)] = typeof(CutLifeTests),
        ["DescriptorState"] = typeof(DescriptorLifeTests),
        [nameof(Segment)] = typeof(SegmentLifeTests),
    };

    [Fact]
    public void Each_pooled_type_has_a_test_of_its_lives() =>
        Assert.Equal(s_tests.Keys.Order(), PooledTypes.Find().Select(type => type.Name).Order());
}
