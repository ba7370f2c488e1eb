using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>Has asked a responder; called on its loop's thread.</summary>
internal interface IAnswerOwner : IFaultDomain
{
    /// <summary>Waits for an answer that another thread makes, until it comes or a deadline passes.</summary>
    /// <returns>What the answer is given to.</returns>
    LaterAnswer Await();

    /// <param name="response">Its reference passes to the owner; null when there was no memory for it.</param>
    void OnAnswered(Response? response);
}
