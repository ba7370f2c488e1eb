namespace TlsProxy.Handshake.Tests.Fuzzing;

/// <summary>Tests that run while no other test does.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;
