using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>Answers requests that neither the cache nor the origin is asked about. Called on the threads of the workers.</summary>
internal interface IResponder
{
    /// <summary>Makes the answer to one request.</summary>
    /// <param name="pool">Memory for its body.</param>
    /// <param name="owner">Is had wait where another thread makes the answer.</param>
    /// <returns>The answer, whose reference passes to the caller; null where it comes later, or there is no memory for it.</returns>
    Response? TryAnswer(SegmentPool pool, RequestHead head, IAnswerOwner owner);
}
