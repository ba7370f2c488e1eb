namespace TlsProxy.Proxy.Upstream.Health;

/// <summary>Whether a member gets requests, by its health checks: two results in a row change it, so that one that was lost doesn't.
/// The cluster's lock guards it.</summary>
internal sealed class CheckedHealth
{
    /// <summary>Results in a row that change it.</summary>
    public const int ResultsToChange = 2;

    // Results in a row that contradict what holds.
    private int _against;

    /// <summary>The checks have failed. A member is well until they do.</summary>
    public bool IsDown { get; private set; }

    public void OnResult(bool isWell)
    {
        _against = isWell == IsDown ? _against + 1 : 0;
        if (_against < ResultsToChange)
            return;
        IsDown = !IsDown;
        _against = 0;
    }
}
