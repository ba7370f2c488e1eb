using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Fetching.Forwarding;

/// <summary>Makes the fields of an answer, interim or final, those of the proxy's address in place of the origin's.</summary>
internal static class RoutedFields
{
    /// <param name="route">Where the request went.</param>
    /// <param name="fields">The fields of the answer.</param>
    /// <param name="request">The client's request.</param>
    /// <param name="sent">The fields that the origin was sent.</param>
    public static void Apply(OriginRoute route, FieldTable fields, RequestHead request, FieldTable sent)
    {
        if (route.DropsTransportSecurity)
            RemoveTransportSecurity(fields);
        RedirectFields.Rewrite(route, fields, request, sent);
    }

    private static void RemoveTransportSecurity(FieldTable fields)
    {
        while (fields.Find("Strict-Transport-Security"u8) is >= 0 and var index)
            fields.Remove(index);
    }
}
