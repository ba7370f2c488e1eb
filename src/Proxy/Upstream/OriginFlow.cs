namespace TlsProxy.Proxy.Upstream;

/// <summary>What a sink answers to bytes of the body.</summary>
internal enum OriginFlow : byte
{
    Continue,

    /// <summary>No room may be reserved until <see cref="OriginRequest.Resume"/>, which the sink owes exactly once, from any thread.
    /// </summary>
    Wait,
}
