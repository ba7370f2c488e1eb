using TlsProxy.Proxy.Fetching.Forwarding;

namespace TlsProxy.Proxy.Fetching.Sharing;

/// <summary>Tells which of those who wait may share an answer.</summary>
/// <param name="fetch">The one that it came to.</param>
internal readonly struct Sharers(AnswerAudience audience, Fetch fetch, ForwardedFields fields)
{
    // Made only where the error may lie in the request.
    private readonly RequestForm? _forwarded = audience == AnswerAudience.Alike ? WaitersForms.OfForwarded(fetch, fields) : null;

    public bool Include(FetchTicket waiter) => audience switch
    {
        AnswerAudience.All => true,
        AnswerAudience.WithoutCredentials => !waiter.IsOfOne,
        AnswerAudience.Alike => !waiter.IsOfOne && _forwarded is { } forwarded
            && AreAlike(WaitersForms.Of(waiter, fetch.Plan, fields), forwarded, fetch.Plan.ErrorSource),
        _ => false,
    };

    // Two errors to one address may lie in that, and two to one network in the network.
    private static bool AreAlike(RequestForm form, RequestForm forwarded, RequestForm? before) => form.Fields == forwarded.Fields
        && (form.Address == forwarded.Address || before?.Network != forwarded.Network
            || (form.Network == forwarded.Network && before?.Address != forwarded.Address));
}
