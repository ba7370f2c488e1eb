using TlsProxy.Uring.Faults;

namespace TlsProxy.Uring.Loop;

/// <summary>Called on the loop's thread when a deadline has passed.</summary>
public interface IDeadlineHandler : IFaultDomain
{
    void OnDeadline(Deadline deadline);
}
