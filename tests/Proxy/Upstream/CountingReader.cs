using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Upstream;

/// <summary>A reader of a request's body that counts how often it is told.</summary>
internal sealed class CountingReader : IRequestBodyReader
{
    public int Told { get; private set; }

    public void OnReadable() => Told++;
}
