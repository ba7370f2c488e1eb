namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>Under which heading the options of a group stand in <c>--help</c>, in this order.</summary>
internal enum HelpSection : byte
{
    Listen,
    Tls,
    Cache,
    Origin,
    Limits,
    Log,
    Operation,
}
