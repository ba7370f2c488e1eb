using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>Waits for a connection of an <see cref="OriginPool"/>. Called on the loop's thread.</summary>
internal interface IPoolWaiter : IFaultDomain
{
    /// <summary>Where it stands among those that wait; null while it doesn't. Its queue sets it.</summary>
    LinkedListNode<IPoolWaiter>? Place { get; set; }

    /// <summary>It has met the end of a kept connection, and wants a new one.</summary>
    bool WantsNew { get; }

    /// <summary>Takes a connection.</summary>
    /// <returns>False where the connection can't carry a request: the waiter waits on.</returns>
    bool TryTake(OriginConnection connection);

    /// <summary>There is none.</summary>
    void OnNoConnection(OriginFailure reason, OriginTrouble? trouble);
}
