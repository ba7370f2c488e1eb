using System.Buffers.Text;
using System.Text;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Fetching.Forwarding;

/// <summary>Makes the fields that go to the origin out of a client's.</summary>
/// <param name="pseudonym">The proxy's name in Via.</param>
internal sealed class ForwardedFields(string pseudonym = "tlsproxy")
{
    private readonly byte[] _via10 = Encoding.ASCII.GetBytes($"1.0 {pseudonym}");
    private readonly byte[] _via11 = Encoding.ASCII.GetBytes($"1.1 {pseudonym}");

    /// <summary>The fields for the origin: without what concerns the client's connection or frames its body, with Via (RFC 9110,
    /// section 7.6.3), the X-Forwarded fields and X-Real-IP of this proxy, which replace those of a client and add to those of a trusted
    /// proxy, and one less of Max-Forwards for OPTIONS (section 7.6.2). Host and scheme are those of the cache's key.</summary>
    /// <param name="route">Where the request goes.</param>
    /// <param name="shared">The answer is for many: no range or condition of this client goes along.</param>
    /// <param name="changes">What a rule has it otherwise.</param>
    public FieldTable Build(RequestHead head, OriginRoute route, ForwardedClient client, bool shared, FieldChanges? changes = null)
    {
        var fields = new FieldTable();
        var host = head.Host.IsEmpty ? route.DefaultHost : CacheKey.HostOf(head);
        fields.Add("Host"u8, route.HostSent(host));
        for (var i = 0; i < head.Fields.Count; i++)
        {
            var known = head.Fields.Known(i);
            var name = head.Fields.Name(i);
            if (!ForwardedLines.Passes(head.Fields, i) || ProvenanceFields.IsUnbelieved(known, head.Method, client.IsTrusted)
                || (shared && IsOfOneClient(known)))
                continue;
            if (known == KnownField.MaxForwards && head.MaxForwards > 0)
                AddNumber(fields, name, head.MaxForwards - 1);
            else
                fields.Add(name, head.Fields.Value(i));
        }

        AddForwardedFor(fields, head, client);
        if (!client.IsTrusted)
            fields.Add("X-Real-IP"u8, Encoding.Latin1.GetBytes(client.Address));
        fields.Add("X-Forwarded-Proto"u8, head.IsHttps ? "https"u8 : "http"u8);
        fields.Add("X-Forwarded-Host"u8, client.IsTrusted && head.Fields.TryGet(KnownField.XForwardedHost, out var said) ? said : host);
        fields.Add("Via"u8, head.Version == HttpVersion.Http10 ? _via10 : _via11);
        changes?.ApplyTo(fields);
        return fields;
    }

    private static void AddNumber(FieldTable fields, ReadOnlySpan<byte> name, long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out var length);
        fields.Add(name, digits[..length]);
    }

    private static void AddForwardedFor(FieldTable fields, RequestHead head, ForwardedClient client)
    {
        var chain = new StringBuilder();
        for (var i = client.IsTrusted ? head.Fields.Find(KnownField.XForwardedFor) : -1;
            i >= 0;
            i = head.Fields.Find(KnownField.XForwardedFor, i + 1))
        {
            chain.Append(Encoding.Latin1.GetString(head.Fields.Value(i))).Append(", ");
        }

        fields.Add("X-Forwarded-For"u8, Encoding.Latin1.GetBytes(chain.Append(client.Address).ToString()));
    }

    private static bool IsOfOneClient(KnownField known) => known is KnownField.Range or KnownField.IfRange or KnownField.IfMatch
        or KnownField.IfNoneMatch or KnownField.IfModifiedSince or KnownField.IfUnmodifiedSince;
}
