namespace TlsProxy.Proxy.Upstream;

/// <summary>What an origin lets be done to a request under way. Callable from any thread; neither call waits or calls the sink.</summary>
internal interface IOriginExchange
{
    /// <summary>Gives up; the sink hears <see cref="OriginFailure.Cancelled"/>, unless the answer ended before.</summary>
    void Cancel();

    /// <summary>Ends one <see cref="OriginFlow.Wait"/>.</summary>
    void Resume();
}
