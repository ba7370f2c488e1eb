using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>What the fields of a request say together: host, framing, persistence, expectation
/// (RFC 9112, sections 3.2, 6.3 and 9.3).</summary>
internal static class RequestRules
{
    // 18 digits hold every length a 64-bit number can, short of its last.
    private const int LengthDigits = 18;

    /// <summary>Checks the fields and fills what follows from them.</summary>
    public static Refusal Apply(RequestHead head)
    {
        var refusal = ApplyHost(head);
        if (refusal == Refusal.None)
            refusal = ApplyFraming(head);
        if (refusal == Refusal.None)
            refusal = ApplyConnection(head);
        if (refusal == Refusal.None)
            refusal = ApplyExpectation(head);
        return refusal == Refusal.None ? ApplyForwarding(head) : refusal;
    }

    private static Refusal ApplyHost(RequestHead head)
    {
        var index = head.Fields.Find(KnownField.Host);
        if (index < 0)
            return head.Version == HttpVersion.Http10 ? Refusal.None : Refusal.MissingHost;
        if (head.Fields.Find(KnownField.Host, index + 1) >= 0)
            return Refusal.RepeatedHost;
        var host = head.Fields.Value(index);
        if (!HostField.IsValid(host))
            return Refusal.BadHost;
        // Of an absolute target its own authority counts, by its own scheme (RFC 9112, section 3.2.2).
        if (!head.Host.IsEmpty)
            return HostField.AreSame(head.NamesHttps, head.Host, host) ? Refusal.None : Refusal.HostMismatch;
        head.HostRange = head.Fields.ValueRange(index);
        return Refusal.None;
    }

    private static Refusal ApplyFraming(RequestHead head)
    {
        head.Framing = BodyFraming.None;
        head.ContentLength = 0;
        var coding = head.Fields.Find(KnownField.TransferEncoding);
        var length = head.Fields.Find(KnownField.ContentLength);
        if (coding >= 0)
        {
            if (length >= 0)
                return Refusal.LengthWithTransferEncoding;
            if (head.Version == HttpVersion.Http10)
                return Refusal.TransferEncodingInHttp10;
            return ApplyCoding(head, coding);
        }

        if (length < 0)
            return Refusal.None;
        var value = head.Fields.Value(length);
        if (head.Fields.IsRepeated(KnownField.ContentLength) || value.IsEmpty || value.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            || value.TrimStart((byte)'0').Length > LengthDigits)
            return Refusal.BadContentLength;
        foreach (var digit in value)
            head.ContentLength = (head.ContentLength * 10) + (digit - '0');
        head.Framing = BodyFraming.Length;
        return Refusal.None;
    }

    /// <summary>Only chunked alone is served. Any other coding isn't understood, wherever in the field and however it is written (RFC 9112,
    /// section 6.1). Where there is none, and chunked doesn't stand alone, nobody can tell the end of the body (section 6.3).</summary>
    private static Refusal ApplyCoding(RequestHead head, int first)
    {
        for (var i = first; i >= 0; i = head.Fields.Find(KnownField.TransferEncoding, i + 1))
        {
            var codings = head.Fields.Value(i);
            while (Tokens.TryNext(ref codings, out var coding))
            {
                var name = Tokens.Trim(coding[..(coding.IndexOf((byte)';') is >= 0 and var end ? end : coding.Length)]);
                if (Tokens.IsToken(name) && !Ascii.EqualsIgnoreCase(name, "chunked"u8))
                    return Refusal.UnknownTransferCoding;
            }
        }

        if (head.Fields.IsRepeated(KnownField.TransferEncoding) || !Ascii.EqualsIgnoreCase(head.Fields.Value(first), "chunked"u8))
            return Refusal.BadTransferEncoding;
        head.Framing = BodyFraming.Chunked;
        return Refusal.None;
    }

    /// <summary>Persistence (RFC 9112, section 9.3). A client that has Connection name a field meant for the origin would have it taken out
    /// of the message, so it is refused.</summary>
    private static Refusal ApplyConnection(RequestHead head)
    {
        var closes = false;
        var keeps = head.Version == HttpVersion.Http11;
        for (var i = head.Fields.Find(KnownField.Connection); i >= 0; i = head.Fields.Find(KnownField.Connection, i + 1))
        {
            var list = head.Fields.Value(i);
            while (Tokens.TryNext(ref list, out var option))
            {
                if (Ascii.EqualsIgnoreCase(option, "close"u8))
                    closes = true;
                else if (Ascii.EqualsIgnoreCase(option, "keep-alive"u8))
                    keeps = true;
                else if (KnownFields.IsEndToEnd(option))
                    return Refusal.BadConnectionOption;
            }
        }

        head.KeepAlive = keeps && !closes;
        return Refusal.None;
    }

    /// <summary>100-continue is the one expectation there is (RFC 9110, section 10.1.1);
    /// a client of HTTP/1.0 can't take the interim answer.</summary>
    private static Refusal ApplyExpectation(RequestHead head)
    {
        head.ExpectsContinue = false;
        for (var i = head.Fields.Find(KnownField.Expect); i >= 0; i = head.Fields.Find(KnownField.Expect, i + 1))
        {
            var list = head.Fields.Value(i);
            while (Tokens.TryNext(ref list, out var expectation))
            {
                if (!Ascii.EqualsIgnoreCase(expectation, "100-continue"u8))
                    return Refusal.UnknownExpectation;
                head.ExpectsContinue = head.Version == HttpVersion.Http11 && head.HasBody;
            }
        }

        return Refusal.None;
    }

    private static Refusal ApplyForwarding(RequestHead head)
    {
        head.AcceptsTrailers = head.Version == HttpVersion.Http11 && head.Fields.Lists(KnownField.Te, "trailers"u8);
        head.MaxForwards = -1;
        if (head.Method is not (KnownMethod.Options or KnownMethod.Trace) || !head.Fields.TryGet(KnownField.MaxForwards, out var value))
            return Refusal.None;
        if (head.Fields.IsRepeated(KnownField.MaxForwards)
            || value.Length is 0 or > LengthDigits || value.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return Refusal.BadMaxForwards;
        head.MaxForwards = 0;
        foreach (var digit in value)
            head.MaxForwards = (head.MaxForwards * 10) + (digit - '0');
        return Refusal.None;
    }
}
