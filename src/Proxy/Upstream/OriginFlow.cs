namespace TlsProxy.Proxy.Upstream;

/// <summary>What a sink answers to data.</summary>
internal enum OriginFlow : byte
{
    Continue,

    /// <summary>No more data until <see cref="OriginRequest.Resume"/>, which the sink owes exactly once, from any thread.</summary>
    Wait,
}
