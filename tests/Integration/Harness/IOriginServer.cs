namespace TlsProxy.Integration.Tests.Harness;

/// <summary>An origin that a proxy can stand before.</summary>
internal interface IOriginServer : IAsyncDisposable
{
    Uri Address { get; }
}
