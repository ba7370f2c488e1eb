using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Http;

/// <summary>Heads of answers, read from text of Latin-1 and written as the case tables have them.</summary>
internal static class ReadAnswer
{
    /// <summary>A head that has to be valid.</summary>
    public static ResponseHead Of(string text, KnownMethod method = KnownMethod.Get)
    {
        var status = ResponseParser.Parse(Encoding.Latin1.GetBytes(text), HttpLimits.OfAnswers, method, out var head, out var consumed);
        Assert.Equal(ParseStatus.Complete, status);
        Assert.Equal(text.Length, consumed);
        return head!;
    }

    /// <summary>Reads a head whose bytes come one by one.</summary>
    public static ParseStatus InPieces(ReadOnlySpan<byte> bytes, out ResponseHead? head, out int consumed)
    {
        var scan = default(HeadScan);
        var status = ResponseParser.Parse([], HttpLimits.OfAnswers, KnownMethod.Get, ref scan, out head, out consumed);
        for (var length = 1; length <= bytes.Length && status == ParseStatus.NeedMore; length++)
            status = ResponseParser.Parse(bytes[..length], HttpLimits.OfAnswers, KnownMethod.Get, ref scan, out head, out consumed);
        return status;
    }

    /// <summary>Status, framing, length, and the fields with a bar before each.</summary>
    public static string Describe(ResponseHead head)
    {
        var line = $"{head.Status} {head.Framing} {head.ContentLength}";
        return head.Count == 0 ? line : $"{line}|{Messages.Describe(head)}";
    }
}
