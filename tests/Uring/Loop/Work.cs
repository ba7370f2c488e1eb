using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Uring.Tests.Loop;

/// <summary>Does something on the loop's thread.</summary>
internal sealed class Work(Action action) : IPosted
{
    public void Run() => action();

    public void OnFault() => throw new InvalidOperationException("No work of this test throws.");
}
