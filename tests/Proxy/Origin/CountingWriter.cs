using TlsProxy.Proxy.Origin;

namespace TlsProxy.Proxy.Tests.Origin;

/// <summary>A writer of a request's body that counts what it is told.</summary>
internal sealed class CountingWriter : IRequestBodyWriter
{
    public int Rooms { get; private set; }

    public int Wants { get; private set; }

    public void OnWanted() => Wants++;

    public void OnRoom() => Rooms++;

    public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
}
