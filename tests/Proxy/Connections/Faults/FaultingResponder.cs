using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Connections.Faults;

/// <summary>Answers in place of cache and origin, as the admin address does, and is a point of a plan.</summary>
internal sealed class FaultingResponder(FaultPlan plan) : IResponder
{
    public Response? TryAnswer(SegmentPool pool, RequestHead head, IAnswerOwner owner)
    {
        var response = LocalResponse.TryCreate(pool, 200, FaultScene.Chunks);
        try
        {
            plan.Pass("a responder");
            return response;
        }
        catch
        {
            response?.Release();
            throw;
        }
    }
}
