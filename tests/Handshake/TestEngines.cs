namespace TlsProxy.Handshake.Tests;

/// <summary>The engine that the tests of this run are about: each behaviour is tested over all of them, in a run each.</summary>
internal static class TestEngines
{
    /// <summary>Chosen by TLSPROXY_TEST_ENGINE: openssl, as without it, or bouncycastle.</summary>
    public static TlsEngine Current { get; } = Environment.GetEnvironmentVariable("TLSPROXY_TEST_ENGINE") switch
    {
        null or "" or "openssl" => TlsEngine.OpenSsl,
        "bouncycastle" => TlsEngine.BouncyCastle,
        var other => throw new InvalidOperationException($"TLSPROXY_TEST_ENGINE={other} names no engine: use openssl or bouncycastle."),
    };

    public static TlsContext Create(TlsServerOptions options, TimeProvider? time = null) =>
        TlsContext.Create(options with { Engine = Current }, time);
}
