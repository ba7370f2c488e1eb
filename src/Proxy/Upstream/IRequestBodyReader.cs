namespace TlsProxy.Proxy.Upstream;

/// <summary>Pulls a <see cref="RequestBody"/>: an exchange with the origin.</summary>
internal interface IRequestBodyReader
{
    /// <summary>The next pull finds something. Called once for each <see cref="RequestBody.Subscribe"/>: within it, or on the thread of the
    /// loop that writes, where it must not throw. No lock is held.</summary>
    void OnReadable();
}
