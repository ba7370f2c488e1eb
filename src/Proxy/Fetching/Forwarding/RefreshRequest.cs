using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Fetching.Forwarding;

/// <summary>The request of a refresh in the background, made out of that of the visitor who was given the stale response.</summary>
internal static class RefreshRequest
{
    /// <summary>Takes out whose request it was, which doesn't concern a response that is for all: Cookie, Authorization, the fields of a
    /// client's certificate, and others that are credentials. Those stay that select the response.</summary>
    /// <param name="request">Nobody else uses it yet.</param>
    /// <param name="credentials">Names of fields that are credentials.</param>
    /// <param name="selecting">What the response was selected by.</param>
    public static void RemoveCredentials(RequestHead request, FieldNames credentials, VaryKey selecting)
    {
        request.HasClientCertificate = false;
        for (var i = request.Fields.Count - 1; i >= 0; i--)
        {
            // The proxy's own lines tell the certificate.
            var isOurs = request.Fields.IsOurs(i);
            if (!isOurs && request.Fields.Known(i) is not (KnownField.Cookie or KnownField.Authorization)
                && !credentials.Contains(request.Fields.Name(i)))
                continue;
            if (!selecting.Names(request.Fields.Name(i)))
                request.Fields.Remove(i);
            else if (isOurs)
                request.HasClientCertificate = true;
        }
    }
}
