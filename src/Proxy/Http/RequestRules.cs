using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>What the fields of a request say together: host, framing, persistence, expectation (RFC 9112, sections 3.2, 6.3 and 9.3).</summary>
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
        if (refusal != Refusal.None)
            return refusal;
        head.KeepAlive = KeepsAlive(head);
        head.ExpectsContinue = false;
        if (!head.Fields.TryGet(KnownField.Expect, out var expectation))
            return Refusal.None;
        if (!Ascii.EqualsIgnoreCase(expectation, "100-continue"u8))
            return Refusal.UnknownExpectation;
        head.ExpectsContinue = head.Version == HttpVersion.Http11 && head.Framing != BodyFraming.None;
        return Refusal.None;
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
        if (!head.Host.IsEmpty)
            return Ascii.EqualsIgnoreCase(head.Host, host) ? Refusal.None : Refusal.HostMismatch;
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
        if (head.Fields.Find(KnownField.ContentLength, length + 1) >= 0 || value.IsEmpty || value.Length > LengthDigits
            || value.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return Refusal.BadContentLength;
        foreach (var digit in value)
            head.ContentLength = (head.ContentLength * 10) + (digit - '0');
        head.Framing = BodyFraming.Length;
        return Refusal.None;
    }

    private static Refusal ApplyCoding(RequestHead head, int index)
    {
        var value = head.Fields.Value(index);
        if (head.Fields.Find(KnownField.TransferEncoding, index + 1) >= 0)
            return Refusal.BadTransferEncoding;
        if (Ascii.EqualsIgnoreCase(value, "chunked"u8))
        {
            head.Framing = BodyFraming.Chunked;
            return Refusal.None;
        }

        return Tokens.IsToken(value) && !Ascii.EqualsIgnoreCase(value, "identity"u8)
            ? Refusal.UnknownTransferCoding
            : Refusal.BadTransferEncoding;
    }

    private static bool KeepsAlive(RequestHead head)
    {
        var asked = false;
        for (var i = head.Fields.Find(KnownField.Connection); i >= 0; i = head.Fields.Find(KnownField.Connection, i + 1))
        {
            if (Tokens.Contains(head.Fields.Value(i), "close"u8))
                return false;
            asked |= Tokens.Contains(head.Fields.Value(i), "keep-alive"u8);
        }

        return head.Version == HttpVersion.Http11 || asked;
    }
}
