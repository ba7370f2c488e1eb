namespace TlsProxy.Integration.Tests.Harness;

/// <summary>Whether a connection serves many requests or one.</summary>
public enum Persistence
{
    KeepAlive,
    Close,
}
