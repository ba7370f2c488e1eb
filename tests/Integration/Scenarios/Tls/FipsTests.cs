using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios.Tls;

/// <summary>An OpenSSL whose configuration allows validated cryptography alone.</summary>
public sealed class FipsTests(SharedProxies shared)
{
    [Fact]
    public async Task OpenSsl_serves_with_the_groups_that_the_validated_provider_has()
    {
        using var folder = new TemporaryFolder();
        var environment = await ConfigureAsync(folder, "auto");

        await using var proxy = await ProxyProcess.StartAsync(
            shared.Certificates, shared.Scripted.Address, environment, ["--ktls", "off"], []);
        await Curl.GetAsync(proxy, Transport.Tls13User, Persistence.KeepAlive, "/health");

        Assert.Contains("TLS by OpenSSL", proxy.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BouncyCastle_ends_the_start_with_one_sentence()
    {
        using var folder = new TemporaryFolder();
        var environment = await ConfigureAsync(folder, "bouncycastle");

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => ProxyProcess.StartAsync(
            shared.Certificates, shared.Scripted.Address, environment, ["--ktls", "off"], []));

        Assert.Contains("--tls-engine: FIPS mode is on", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Installs the provider in a folder; skips the test where there is none.</summary>
    /// <returns>The environment of a proxy that takes it.</returns>
    private static async Task<Dictionary<string, string>> ConfigureAsync(TemporaryFolder folder, string engine)
    {
        var version = Encoding.UTF8.GetString((await Command.RunAsync("openssl", ["version", "-m"])).Output);
        // MODULESDIR: "/usr/lib/…"
        var modules = Environment.GetEnvironmentVariable("OPENSSL_MODULES") ?? version.Split('"')[1];
        var module = Path.Combine(modules, "fips.so");
        Assert.SkipUnless(File.Exists(module), $"SKIPPED: there is no {module} (Debian 13 has it in openssl-provider-fips)");

        var installed = await Command.RunAsync("openssl", ["fipsinstall", "-module", module, "-out", folder["fipsmodule.cnf"]]);
        Assert.True(installed.ExitStatus == 0, installed.Error);
        await File.WriteAllTextAsync(
            folder["openssl.cnf"],
            $"""
             openssl_conf = init
             .include {folder["fipsmodule.cnf"]}
             [init]
             alg_section = algorithms
             providers = providers
             [algorithms]
             default_properties = fips=yes
             [providers]
             fips = fips_sect
             base = base_sect
             [base_sect]
             activate = 1
             """,
            TestContext.Current.CancellationToken);
        return new Dictionary<string, string>
        {
            ["OPENSSL_CONF"] = folder["openssl.cnf"],
            ["OPENSSL_MODULES"] = modules,
            ["TLSPROXY_TLS_ENGINE"] = engine,
        };
    }
}
