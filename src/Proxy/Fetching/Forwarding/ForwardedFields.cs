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
    // What a request is built in; each thread has its own, which has the room of the largest so far.
    [ThreadStatic]
    private static FieldTable? t_scratch;

    // Addresses and hosts of as many bytes are written without an array.
    private const int UsualBytes = 256;

    private readonly byte[] _via10 = Encoding.ASCII.GetBytes($"1.0 {pseudonym}");
    private readonly byte[] _via11 = Encoding.ASCII.GetBytes($"1.1 {pseudonym}");

    /// <summary>The fields for the origin: without what concerns the client's connection or frames its body, with Via (RFC 9110,
    /// section 7.6.3), the X-Forwarded fields and X-Real-IP of this proxy, which replace those of a client and add to those of a trusted
    /// proxy, and one less of Max-Forwards for OPTIONS (section 7.6.2). Host and scheme are those of the cache's key.</summary>
    /// <param name="route">Where the request goes.</param>
    /// <param name="shared">The answer is for many: no range or condition of this client goes along.</param>
    /// <param name="changes">What a rule has it otherwise.</param>
    /// <param name="revalidation">What makes the request conditional; null for nothing.</param>
    /// <returns>Packed: it doesn't change any more.</returns>
    public FieldTable Build(
        RequestHead head, OriginRoute route, ForwardedClient client, bool shared, FieldChanges? changes = null,
        Revalidation? revalidation = null)
    {
        var fields = t_scratch ??= new FieldTable();
        fields.Clear();
        Span<byte> memory = head.Host.Length <= UsualBytes ? stackalloc byte[UsualBytes] : new byte[head.Host.Length];
        var host = head.Host.IsEmpty ? route.DefaultHost : CacheKey.HostOf(head, memory);
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

        AddAddresses(fields, head, client);
        fields.Add("X-Forwarded-Proto"u8, head.IsHttps ? "https"u8 : "http"u8);
        fields.Add("X-Forwarded-Host"u8, client.IsTrusted && head.Fields.TryGet(KnownField.XForwardedHost, out var said) ? said : host);
        fields.Add("Via"u8, head.Version == HttpVersion.Http10 ? _via10 : _via11);
        changes?.ApplyTo(fields);
        revalidation?.AddConditions(fields);
        return fields.ToPacked();
    }

    private static void AddNumber(FieldTable fields, ReadOnlySpan<byte> name, long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out var length);
        fields.Add(name, digits[..length]);
    }

    private static void AddAddresses(FieldTable fields, RequestHead head, ForwardedClient client)
    {
        Span<byte> memory = client.Address.Length <= UsualBytes ? stackalloc byte[UsualBytes] : new byte[client.Address.Length];
        ReadOnlySpan<byte> address = memory[..Encoding.Latin1.GetBytes(client.Address, memory)];
        if (client.IsTrusted && head.Fields.Contains(KnownField.XForwardedFor))
            fields.Add("X-Forwarded-For"u8, Chain(head.Fields, address));
        else
            fields.Add("X-Forwarded-For"u8, address);
        if (!client.IsTrusted)
            fields.Add("X-Real-IP"u8, address);
    }

    /// <summary>The addresses that a trusted proxy tells, and its own behind them.</summary>
    private static byte[] Chain(FieldTable head, ReadOnlySpan<byte> address)
    {
        var chain = new List<byte>();
        for (var i = head.Find(KnownField.XForwardedFor); i >= 0; i = head.Find(KnownField.XForwardedFor, i + 1))
        {
            chain.AddRange(head.Value(i));
            chain.AddRange(", "u8);
        }

        chain.AddRange(address);
        return [.. chain];
    }

    private static bool IsOfOneClient(KnownField known) => known is KnownField.Range or KnownField.IfRange or KnownField.IfMatch
        or KnownField.IfNoneMatch or KnownField.IfModifiedSince or KnownField.IfUnmodifiedSince;
}
