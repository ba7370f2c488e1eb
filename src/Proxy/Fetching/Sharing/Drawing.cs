using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Fetching.Sharing;

/// <summary>The drawing of one of those who waited at a moment, all with credentials: the origin's error to that one counts for those who
/// might have been drawn, and for nobody who came later.</summary>
internal sealed class Drawing
{
    private Drawing(long number, FetchTicket leader) => (Number, Leader) = (number, leader);

    /// <summary>Tells it from the others; above 0.</summary>
    public long Number { get; }

    /// <summary>Whose request goes to the origin.</summary>
    public FetchTicket Leader { get; }

    /// <param name="number">That of no other.</param>
    /// <param name="tickets">All who wait, one or more; those who may be drawn remember it.</param>
    /// <param name="failed">The request that the origin has just answered with an error.</param>
    /// <param name="chance">Gives a number below its argument, each as likely.</param>
    public static Drawing Among(
        long number, FetchTicket[] tickets, FetchPlan failed, ForwardedFields fields, FieldNames credentials, Func<int, int> chance)
    {
        // The answer to HEAD has no body for those who GET. One GET among HEADs leads for that reason alone.
        var isHead = Array.TrueForAll(tickets, static ticket => ticket.Request.Method == KnownMethod.Head);
        var candidates = Array.FindAll(tickets, ticket => isHead || ticket.Request.Method != KnownMethod.Head);
        var waiting = Array.FindAll(candidates, static ticket => !ticket.HasLeft);
        if (waiting.Length > 0)
            candidates = waiting;
        var leader = LeaderDraw.Draw(
            [.. candidates.Select(ticket => new DrawCandidate(
                ticket, KeyHash.Of(RequestShape.Of(ticket, failed.Route, failed.Rule, fields, credentials)),
                ClientNetwork.Of(ticket.Request, ticket.Client)))],
            ClientNetwork.Of(failed.Request, failed.Client), chance);
        foreach (var ticket in candidates)
            ticket.Drawing = number;
        return new Drawing(number, leader);
    }
}
