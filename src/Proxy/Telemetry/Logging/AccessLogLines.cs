using TlsProxy.Proxy.Cache.Explanation;

namespace TlsProxy.Proxy.Telemetry.Logging;

/// <summary>Writes lines in the two formats that have one value after the other.</summary>
internal static class AccessLogLines
{
    // As written: GoAccess takes a line of the combined format for two when it has 4,096 bytes or more.
    private const int TargetMaximum = 2000;
    private const int ValueMaximum = 900;

    /// <summary>The proxy's own format: docs/logs.md.</summary>
    public static void WriteText(ref LineWriter line, in LoggedExchange exchange)
    {
        var session = exchange.Connection.Session;
        line.Time(exchange.Time, "yyyy-MM-ddTHH:mm:ss.fffZ");
        line.Raw(" "u8);
        line.Word(exchange.Connection.Address);
        line.Raw(" \""u8);
        WriteRequest(ref line, exchange.Head, default);
        line.Raw("\" "u8);
        line.Number(exchange.Status);
        Named(ref line, " "u8, exchange.SentBytes);
        Named(ref line, " "u8, exchange.Outcome);
        Named(ref line, " reuse="u8, CacheReasons.TextOf(exchange.Note.Reuse));
        Named(ref line, " store="u8, CacheReasons.TextOf(exchange.Note.Store));
        Named(ref line, " tls="u8, session.VersionText);
        Named(ref line, " suite="u8, session.SuiteText);
        Named(ref line, " group="u8, session.Group ?? "-");
        Named(ref line, " resumed="u8, session.ResumedText);
        Named(ref line, " ktls="u8, exchange.Connection.Records);
        Named(ref line, " handshake="u8, exchange.Handshake);
        Named(ref line, " head="u8, exchange.Reading);
        Named(ref line, " first="u8, exchange.First);
        Named(ref line, " last="u8, exchange.Last);
        Named(ref line, " upstream="u8, exchange.OriginLast);
        Named(ref line, " body="u8, exchange.BodyBytes);
        if (exchange.ReceivedBytes >= 0)
            Named(ref line, " received="u8, exchange.ReceivedBytes);
        line.Raw(" protocol="u8);
        line.Raw(exchange.Head.Protocol.IsEmpty ? "-"u8 : exchange.Head.Protocol);
        Quoted(ref line, " host="u8, exchange.Head.Host);
        Quoted(ref line, " referer="u8, exchange.Head.Referer);
        Quoted(ref line, " agent="u8, exchange.Head.UserAgent);
        line.Raw("\n"u8);
    }

    /// <summary>The combined format: <c>$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer"
    /// "$http_user_agent"</c>. The user is never written: the proxy checks no password, so anybody could claim any name.</summary>
    public static void WriteCombined(ref LineWriter line, in LoggedExchange exchange)
    {
        line.Word(exchange.Connection.Address);
        line.Raw(" - - ["u8);
        line.Time(exchange.Time, "dd/MMM/yyyy:HH:mm:ss");
        line.Raw(" +0000] \""u8);
        WriteRequest(ref line, exchange.Head, exchange.Head.Protocol);
        line.Raw("\" "u8);
        line.Number(exchange.Status);
        Named(ref line, " "u8, exchange.BodyBytes);
        Quoted(ref line, " "u8, exchange.Head.Referer);
        Quoted(ref line, " "u8, exchange.Head.UserAgent);
        line.Raw("\n"u8);
    }

    private static void WriteRequest(ref LineWriter line, in TracedHead head, ReadOnlySpan<byte> protocol)
    {
        line.Escaped(head.Method, ValueMaximum);
        line.Raw(head.Method.IsEmpty ? default : " "u8);
        line.Escaped(head.Target.IsEmpty ? "-"u8 : head.Target, TargetMaximum);
        line.Raw(protocol.IsEmpty ? default : " "u8);
        line.Raw(protocol);
    }

    private static void Named(ref LineWriter line, ReadOnlySpan<byte> name, string word)
    {
        line.Raw(name);
        line.Word(word);
    }

    private static void Named(ref LineWriter line, ReadOnlySpan<byte> name, long number)
    {
        line.Raw(name);
        if (number < 0)
            line.Raw("-"u8);
        else
            line.Number(number);
    }

    private static void Quoted(ref LineWriter line, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        line.Raw(name);
        line.Raw("\""u8);
        line.Escaped(value.IsEmpty ? "-"u8 : value, ValueMaximum);
        line.Raw("\""u8);
    }
}
