namespace TlsProxy.Proxy.Workers;

/// <summary>One worker's connections within the <see cref="ConnectionLimit"/> of all. It belongs to the worker's thread.</summary>
internal sealed class ConnectionShare(ConnectionLimit limit)
{
    private int _open;

    // Those beyond the guaranteed share.
    private int _common;

    private bool HasOwnRoom => _open - _common < limit.Guaranteed;

    /// <summary>Counts a connection that is to be accepted, if there is room for it.</summary>
    public bool TryTake()
    {
        if (!limit.TryTake())
            return false;
        if (!HasOwnRoom)
        {
            if (!limit.TryTakeCommon())
            {
                limit.Return();
                return false;
            }

            _common++;
        }

        _open++;
        return true;
    }

    /// <summary>Counts a connection that the kernel has accepted.</summary>
    public void Take()
    {
        limit.Take();
        if (!HasOwnRoom)
        {
            limit.TakeCommon();
            _common++;
        }

        _open++;
    }

    /// <summary>A connection has been closed, or there was none.</summary>
    public void Return()
    {
        _open--;
        if (_common > 0)
        {
            _common--;
            limit.ReturnCommon();
        }

        limit.Return();
    }
}
