namespace TlsProxy.Proxy.Tests;

/// <summary>Tests that measure the process: nothing else runs meanwhile.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;
