using TlsProxy.Proxy.Fetching.Forwarding;

namespace TlsProxy.Proxy.Fetching.Sharing;

/// <summary>Tells which of those who wait may share an answer.</summary>
/// <param name="plan">What was asked for, and on whose behalf.</param>
internal readonly struct Sharers(AnswerAudience audience, FetchPlan plan, ForwardedFields fields)
{
    // Made and read only where the error may lie in the request.
    private readonly RequestForm _leader =
        audience == AnswerAudience.Alike ? RequestForm.Of(plan.Request, plan.Client, plan.Rule, fields) : default;

    public bool Include(FetchTicket waiter) => audience switch
    {
        AnswerAudience.All => true,
        AnswerAudience.WithoutCredentials => !waiter.IsOfOne,
        AnswerAudience.Alike => !waiter.IsOfOne && IsLikeLeader(RequestForm.Of(waiter.Request, waiter.Client, plan.Rule, fields)),
        _ => false,
    };

    // Two errors to one address may lie in that, and two to one network in the network.
    private bool IsLikeLeader(RequestForm form) => form.Fields == _leader.Fields
        && (form.Address == _leader.Address || plan.ErrorSource?.Network != _leader.Network
            || (form.Network == _leader.Network && plan.ErrorSource?.Address != _leader.Address));
}
