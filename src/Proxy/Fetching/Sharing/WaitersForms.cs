using TlsProxy.Proxy.Fetching.Forwarding;

namespace TlsProxy.Proxy.Fetching.Sharing;

/// <summary>The forms of the requests of those who wait. Each is built once, however many answers ask for it.</summary>
internal static class WaitersForms
{
    /// <summary>The form of a waiter's request; of the thread that hands the ticket on.</summary>
    public static RequestForm Of(FetchTicket ticket, FetchPlan plan, ForwardedFields fields) =>
        ticket.Form ??= RequestForm.Of(ticket.Request, plan.Route, ticket.Client, plan.Rule, fields);

    /// <summary>The form of the request that was forwarded; on the origin's thread.</summary>
    public static RequestForm OfForwarded(Fetch fetch, ForwardedFields fields) => fetch.Leader is { } leader
        ? Of(leader, fetch.Plan, fields)
        : RequestForm.Of(fetch.Plan.Request, fetch.Plan.Route, fetch.Plan.Client, fetch.Plan.Rule, fields);

    /// <summary>Those who wait, by what their requests say, the most ordinary form first: that of the most, then the shortest. Within one,
    /// another network than that of the last error is first, then another address.</summary>
    public static List<FetchTicket[]> Group(FetchTicket[] tickets, FetchPlan plan, ForwardedFields fields) =>
        [.. tickets.Select(ticket => (Ticket: ticket, Form: Of(ticket, plan, fields)))
            .GroupBy(each => each.Form.Fields)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.First().Form.Length)
            .Select(group => group.OrderBy(each => each.Form.Network == plan.ErrorSource?.Network)
                .ThenBy(each => each.Form.Address == plan.ErrorSource?.Address).Select(each => each.Ticket).ToArray())];
}
