using TlsProxy.Uring.Faults;

namespace TlsProxy.Uring.Loop;

/// <summary>The owner of operations. It is called on the loop's thread, after all completions of the turn were copied out of the kernel's
/// queue, so it may submit new operations at will.</summary>
public interface ICompletionHandler : IFaultDomain
{
    /// <summary>A completion of <paramref name="operation"/>. The received bytes are valid until the call returns.</summary>
    void OnCompleted(Operation operation, in OperationResult result);
}
