namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>What has the proxy forget.</summary>
public enum ForgetBy
{
    /// <summary>The operator clears the cache.</summary>
    Clear,

    /// <summary>A POST to the target succeeds.</summary>
    Post,
}
