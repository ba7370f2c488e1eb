using System.Text.Json;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Tests.Servers;

public sealed class ChoiceOfAutoTests
{
    [Theory]
    [InlineData(
        """
        "auto":{"thresholdBytes":262144,"suites":{"AES-128-GCM":{"records":"user_space","ratio":1.31},
        "AES-256-GCM":{"records":"kernel","ratio":0.876},"ChaCha20-Poly1305":{"records":"unmeasured","ratio":null}}}
        """,
        "has records made with AES-128-GCM in user space (kernel 1.31 ×), with AES-256-GCM in the kernel (kernel 0.88 ×), "
        + "with ChaCha20-Poly1305 in user space (not measured), for responses of 262,144 B")]
    [InlineData("""
        "auto":{"thresholdBytes":1024,"suites":{}}
        """, "makes records in user space, since it could measure nothing")]
    [InlineData("""
        "transmitKernel":3,"userSpace":1
        """, "lets the kernel make the records of 3 of 4 connections")]
    [InlineData("""
        "transmitKernel":0,"userSpace":0
        """, "was not asked")]
    public void The_proxy_tells_whom_it_has_make_records_and_why(string ktls, string words)
    {
        using var statistics = JsonDocument.Parse($"{{\"ktls\":{{{ktls}}}}}");

        Assert.Equal(words, ChoiceOfAuto.InWords(statistics.RootElement));
    }
}
