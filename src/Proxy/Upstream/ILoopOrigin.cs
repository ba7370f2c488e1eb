namespace TlsProxy.Proxy.Upstream;

/// <summary>An origin that lives on a worker's loop, and ends with it.</summary>
internal interface ILoopOrigin : IOrigin
{
    /// <summary>Gives up what is under way, and closes the connections; loop's thread only.</summary>
    /// <param name="onEnded">Called once nothing is pending.</param>
    void End(Action onEnded);

    /// <summary>The loop has ended: a request that starts from now on fails at once. The loop runs one more turn for those that were
    /// posted to it before.</summary>
    void Close();
}
