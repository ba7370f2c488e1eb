namespace TlsProxy.Proxy.Cache.Policy;

/// <summary>Whom an error concerns beside the client whose request was forwarded.</summary>
internal enum ErrorScope : byte
{
    /// <summary>It is no error.</summary>
    None,

    /// <summary>All who ask for the target: it is about the target or the origin.</summary>
    Target,

    /// <summary>Perhaps others: it may lie in how this one request was made.</summary>
    Request,

    /// <summary>One client, who is asked to say who it is.</summary>
    Client,
}
