using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Fetching.Answers;

/// <summary>Passes interim responses of the origin on to those who wait for the final one (RFC 9110, section 15.2). Nothing of them is
/// stored. On the origin's thread.</summary>
internal static class InterimAnswers
{
    /// <param name="fetch">Its waiters get the head.</param>
    /// <param name="head">Of status 102 to 199, as the origin sent it.</param>
    public static void Pass(Fetch fetch, ResponseHead head)
    {
        if (fetch.Subscribers == 0)
            return;
        var plan = fetch.Plan;
        RoutedFields.Apply(plan.Route, head.Fields, plan.Request, fetch.Request.Fields);
        // Fields that a rule sets come with the final response: they say nothing that a client needs before.
        plan.Rule?.ResponseFields?.TakeFrom(head.Fields);
        var response = InterimResponse.Of(head);
        // Nobody knows yet whether the final response may be shared.
        fetch.GiveInterim(response, isForAll: !plan.IsOfOne && !response.SetsCookies);
    }
}
