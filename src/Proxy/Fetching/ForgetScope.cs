namespace TlsProxy.Proxy.Fetching;

/// <summary>How much an order to forget covers. One that covers what a rule over keys or tags finds would be a further scope: answers that
/// arrive would be held against a bounded log of such orders where they are stored, as they are against the era of the cache.</summary>
internal enum ForgetScope : byte
{
    /// <summary>All variants of one key, and its parts.</summary>
    Exact,

    /// <summary>All that is stored.</summary>
    Everything,
}
