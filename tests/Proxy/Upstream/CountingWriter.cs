using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Upstream;

/// <summary>A writer of a request's body that counts what it is told.</summary>
internal sealed class CountingWriter : IRequestBodyWriter
{
    public int Rooms { get; private set; }

    public int Wants { get; private set; }

    public void OnWanted() => Wants++;

    public void OnRoom() => Rooms++;

    public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
}
