using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Fetching;

/// <summary>Tickets in the order they came. Most fetches have one, for which no list is made.</summary>
internal struct TicketList
{
    private FetchTicket? _only;

    // Has all of them once there were two.
    private List<FetchTicket>? _several;

    public readonly int Count => _several?.Count ?? (_only is null ? 0 : 1);

    /// <summary>The ticket, where there is one.</summary>
    public readonly FetchTicket? Only => _several is null ? _only : _several is [var only] ? only : null;

    public void Add(FetchTicket ticket)
    {
        if (_several is not null)
            _several.Add(ticket);
        else if (_only is null)
            _only = ticket;
        else
            (_several, _only) = ([_only, ticket], null);
    }

    public void AddRange(ReadOnlySpan<FetchTicket> tickets)
    {
        foreach (var ticket in tickets)
            Add(ticket);
    }

    /// <returns>Whether it was there.</returns>
    public bool Remove(FetchTicket ticket)
    {
        if (_several is not null)
            return _several.Remove(ticket);
        if (_only != ticket)
            return false;
        _only = null;
        return true;
    }

    /// <summary>Takes out those who have left.</summary>
    /// <returns>Whether there were any.</returns>
    public bool EndThoseWhoLeft()
    {
        if (_several is not null)
            return _several.RemoveAll(static ticket => ticket.EndIfLeft()) > 0;
        if (_only is null || !_only.EndIfLeft())
            return false;
        _only = null;
        return true;
    }

    public readonly bool Contains(FetchTicket ticket) => _several?.Contains(ticket) ?? _only == ticket;

    /// <summary>Gives an interim response to the leader, and to those who sent neither cookies nor credentials.</summary>
    /// <param name="isForAll">False where the leader alone gets it.</param>
    public readonly void GiveInterim(InterimResponse response, FetchTicket? leader, bool isForAll)
    {
        foreach (var ticket in ToArray())
        {
            if (ticket == leader || (isForAll && !ticket.IsOfOne))
                ticket.GiveInterim(response);
        }
    }

    public readonly FetchTicket[] ToArray() => _several?.ToArray() ?? (_only is null ? [] : [_only]);
}
