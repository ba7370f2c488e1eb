using System.Collections.Concurrent;
using Xunit;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>Proxies and origins that scenarios share: each scenario has paths of its own, so none sees another.</summary>
public sealed class SharedProxies : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, Lazy<Task<ProxyProcess>>> _proxies = new();
    private readonly Lazy<Task<NginxOrigin>> _nginx = new(NginxOrigin.StartAsync);

    internal TestCertificates Certificates { get; } = new();

    internal ScriptedOrigin Scripted { get; } = new();

    internal Task<NginxOrigin> NginxAsync() => _nginx.Value;

    /// <summary>The proxy before the scripted origin; skips the test where the kernel cannot carry the transport.</summary>
    internal Task<ProxyProcess> BeforeScriptedAsync(Transport transport)
    {
        RunningKernel.SkipUnlessAble(transport);
        return ShareAsync("scripted " + transport.KtlsOption(), () => StartAsync(Scripted.Address, transport));
    }

    /// <summary>The proxy before nginx; skips the test where the kernel cannot carry the transport.</summary>
    internal Task<ProxyProcess> BeforeNginxAsync(Transport transport)
    {
        RunningKernel.SkipUnlessAble(transport);
        return ShareAsync(
            "nginx " + transport.KtlsOption(),
            async () => await StartAsync((await NginxAsync()).Address, transport, "--access-log", "access.log"));
    }

    /// <summary>A proxy of the caller's own, who disposes it.</summary>
    internal Task<ProxyProcess> StartAsync(Uri origin, Transport transport, params string[] options)
    {
        RunningKernel.SkipUnlessAble(transport);
        string[] placement = transport.NeedsKernelTls() ? ["--ktls", transport.KtlsOption(), "--ktls-require"] : ["--ktls", "off"];
        return ProxyProcess.StartAsync(Certificates, origin, [.. placement, .. RunningKernel.Deadlines(options), .. options]);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        var failures = new List<Exception>();
        foreach (var proxy in _proxies.Values)
        {
            try
            {
                await (await proxy.Value).DisposeAsync();
            }
            catch (Exception failure) when (failure is InvalidOperationException or TimeoutException)
            {
                failures.Add(failure);
            }
        }
        await Scripted.DisposeAsync();
        if (_nginx.IsValueCreated)
            await (await _nginx.Value).DisposeAsync();
        Certificates.Dispose();
        if (failures.Count > 0)
            throw new AggregateException(failures);
    }

    private Task<ProxyProcess> ShareAsync(string key, Func<Task<ProxyProcess>> start) =>
        _proxies.GetOrAdd($"{key} {TestRun.Engine}", _ => new Lazy<Task<ProxyProcess>>(start)).Value;
}
