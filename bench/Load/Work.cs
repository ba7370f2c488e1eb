namespace TlsProxy.Bench.Load;

/// <summary>What a server has to do for a request.</summary>
internal enum Work
{
    /// <summary>Send an object from its cache, or from a file.</summary>
    Hit,

    /// <summary>Send an object from its cache on a connection that is for this request alone.</summary>
    NewConnection,

    /// <summary>Fetch an object from the origin, which says no-store.</summary>
    Miss,

    /// <summary>Pass a body on to the origin.</summary>
    Upload,

    /// <summary>Send an object to many clients while it arrives from the origin.</summary>
    Arrival,
}
