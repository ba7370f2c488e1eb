using System.Security.Authentication;
using Xunit;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>The cells that scenarios run over. Those that need a kernel with TLS carry the trait <c>Kernel=tls</c>.</summary>
public static class Matrix
{
    public static IEnumerable<TheoryDataRow<Transport, Persistence>> Cells()
    {
        foreach (var transport in Enum.GetValues<Transport>())
            foreach (var persistence in Enum.GetValues<Persistence>().Where(p => TestRun.Takes((int)transport + (int)p)))
            {
                var row = new TheoryDataRow<Transport, Persistence>(transport, persistence);
                yield return transport.NeedsKernelTls() ? row.WithTrait("Kernel", "tls") : row;
            }
    }

    public static IEnumerable<TheoryDataRow<Transport>> Transports()
    {
        foreach (var transport in Enum.GetValues<Transport>())
        {
            var row = new TheoryDataRow<Transport>(transport);
            yield return transport.NeedsKernelTls() ? row.WithTrait("Kernel", "tls") : row;
        }
    }

    /// <summary>Every cipher suite of the proxy in every placement of the records, by OpenSSL's name for the suite.</summary>
    public static IEnumerable<TheoryDataRow<Transport, string>> Suites()
    {
        string[] tls12 = ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"];
        string[] tls13 = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];
        foreach (var transport in Enum.GetValues<Transport>().Where(t => t.IsTls()))
        {
            var suites = transport.Protocol() == SslProtocols.Tls12 ? tls12 : tls13;
            for (var number = 0; number < suites.Length; number++)
            {
                // Counted so that each suite has each placement of the records over one of both transports.
                if (!TestRun.Takes(number + (int)transport / 2))
                    continue;
                var row = new TheoryDataRow<Transport, string>(transport, suites[number]);
                yield return transport.NeedsKernelTls() ? row.WithTrait("Kernel", "tls") : row;
            }
        }
    }
}
