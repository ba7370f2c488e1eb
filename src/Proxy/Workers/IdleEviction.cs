using TlsProxy.Proxy.Connections;

namespace TlsProxy.Proxy.Workers;

/// <summary>Ends kept connections that wait for a request, the longest wait first, so that others find room. It looks at all connections
/// of its worker, so it does that seldom and ends several at once; the path of a request pays nothing for it.</summary>
internal sealed class IdleEviction
{
    // Those that end at once: a peer may take its time for the end of a connection.
    private const int AtOnce = 32;

    private const long PeriodNanoseconds = 10_000_000;

    private readonly Connection[] _oldest = new Connection[AtOnce];
    private long _next;

    /// <summary>Ends some, if it hasn't just done so.</summary>
    /// <param name="now">The loop's clock in nanoseconds.</param>
    /// <param name="ended">Connections that begin to end now.</param>
    /// <returns>Whether connections end, now or since before.</returns>
    public bool TryRun(List<Connection> connections, long now, out int ended)
    {
        ended = 0;
        if (now < _next)
            return true;
        _next = now + PeriodNanoseconds;
        var found = 0;
        var ending = 0;
        foreach (var connection in connections)
        {
            if (connection.IsEnding)
                ending++;
            else if (connection.IsKeptIdle)
                found = Insert(connection, found);
        }

        for (var i = 0; i < found && ending + ended < AtOnce; i++)
        {
            if (_oldest[i].TryEndIdle())
                ended++;
        }

        Array.Clear(_oldest);
        return ending + ended > 0;
    }

    /// <summary>Puts a connection into its place among the oldest, the oldest first.</summary>
    /// <returns>How many there are then.</returns>
    private int Insert(Connection connection, int count)
    {
        var place = count;
        while (place > 0 && _oldest[place - 1].IdleUntil > connection.IdleUntil)
            place--;
        if (place == AtOnce)
            return count;
        var moved = Math.Min(count, AtOnce - 1) - place;
        Array.Copy(_oldest, place, _oldest, place + 1, moved);
        _oldest[place] = connection;
        return Math.Min(count + 1, AtOnce);
    }
}
