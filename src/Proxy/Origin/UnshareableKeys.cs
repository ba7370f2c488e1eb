namespace TlsProxy.Proxy.Origin;

/// <summary>Keys whose last answer couldn't be shared: their requests don't wait for each other for a while (hit-for-miss). Its owner's lock guards it.</summary>
internal sealed class UnshareableKeys
{
    private const long RememberedSeconds = 120;
    private const int CountMaximum = 65_536;

    private readonly Dictionary<string, long> _until = [];

    public void Add(string key, long now)
    {
        if (_until.Count < CountMaximum || _until.ContainsKey(key))
            _until[key] = now + RememberedSeconds;
    }

    public void Remove(string key) => _until.Remove(key);

    public bool Contains(string key, long now) => _until.TryGetValue(key, out var until) && until > now;

    /// <summary>Forgets those that have run out.</summary>
    public void Expire(long now)
    {
        foreach (var key in _until.Where(mark => mark.Value <= now).Select(mark => mark.Key).ToArray())
            _until.Remove(key);
    }
}
