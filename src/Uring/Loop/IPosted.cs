using TlsProxy.Uring.Faults;

namespace TlsProxy.Uring.Loop;

/// <summary>Work handed to a loop by another thread.</summary>
public interface IPosted : IFaultDomain
{
    /// <summary>Runs on the loop's thread.</summary>
    void Run();
}
