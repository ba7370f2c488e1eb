namespace TlsProxy.Proxy.Upstream.Health;

/// <summary>Whether a member gets requests, by how the last ones ended. Failures in a row eject it for a time. Then one request at a time
/// tries whether it is back; the time doubles with each that fails. Times are of one clock that is never set. The cluster's lock guards
/// it.</summary>
internal sealed class PassiveHealth
{
    /// <summary>One failure may be the request's own, or a restart; two may be the same restart.</summary>
    public const int FailuresMaximum = 3;

    /// <summary>The first time for which a member is ejected.</summary>
    public static readonly TimeSpan BackOffMinimum = TimeSpan.FromSeconds(1);

    /// <summary>A member that is back is noticed within this time, if there are requests.</summary>
    public static readonly TimeSpan BackOffMaximum = TimeSpan.FromSeconds(60);

    private int _failures;
    private bool _isTried;
    private TimeSpan _until;
    private TimeSpan _backOff;

    public bool IsEjected { get; private set; }

    /// <summary>Whether the next request may go to it.</summary>
    public bool MayTake(TimeSpan now) => !IsEjected || (now >= _until && !_isTried);

    /// <summary>Gives it a request that it may take.</summary>
    /// <returns>Whether the request tries if it is back. Its end is told with this.</returns>
    public bool Take() => _isTried = IsEjected;

    /// <summary>A response has begun. Requests from before an ejection say nothing of the time since.</summary>
    public void OnSuccess(bool isTrial)
    {
        if (IsEjected && !isTrial)
            return;
        _failures = 0;
        IsEjected = _isTried = false;
    }

    /// <summary>There was no response.</summary>
    public void OnFailure(bool isTrial, TimeSpan now)
    {
        if (IsEjected != isTrial)
            return;
        if (IsEjected)
        {
            _isTried = false;
            _backOff = _backOff * 2 < BackOffMaximum ? _backOff * 2 : BackOffMaximum;
        }
        else
        {
            if (++_failures < FailuresMaximum)
                return;
            IsEjected = true;
            _backOff = BackOffMinimum;
        }

        _until = now + _backOff;
    }

    /// <summary>The request has ended in a way that says nothing about the member.</summary>
    public void OnUnknown(bool isTrial) => _isTried &= !isTrial;
}
