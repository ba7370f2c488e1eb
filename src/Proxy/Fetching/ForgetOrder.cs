namespace TlsProxy.Proxy.Fetching;

/// <summary>An order to forget what is stored before its time. It is hard: what it covers is gone. A soft one, after which that counts as
/// stale, would be a further member here.</summary>
/// <param name="Text">The key, where the order is for one; otherwise empty.</param>
/// <param name="Change">The fetch whose answer says so, which may go on; null for all others' orders.</param>
internal readonly record struct ForgetOrder(ForgetScope Scope, string Text, Fetch? Change)
{
    /// <summary>Forgets all that is stored.</summary>
    public static ForgetOrder Everything => new(ForgetScope.Everything, "", null);

    /// <summary>Forgets what is stored under one key.</summary>
    public static ForgetOrder Exact(string key, Fetch? change = null) => new(ForgetScope.Exact, key, change);
}
