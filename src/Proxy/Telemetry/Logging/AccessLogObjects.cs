using TlsProxy.Proxy.Cache.Explanation;

namespace TlsProxy.Proxy.Telemetry.Logging;

/// <summary>Writes lines of JSON (RFC 8259), an object each. Members have the names of nginx's variables where nginx has such a value;
/// sizes are numbers, times numbers of seconds, and a time that there isn't is null.</summary>
internal static class AccessLogObjects
{
    public static void Write(ref LineWriter line, in LoggedExchange exchange)
    {
        var connection = exchange.Connection;
        var session = connection.Session;
        var head = exchange.Head;
        line.Raw("{\"time_iso8601\":\""u8);
        line.Time(exchange.Time, "yyyy-MM-ddTHH:mm:ss.fff");
        line.Raw("+00:00\""u8);
        Word(ref line, "remote_addr"u8, connection.Address);
        Text(ref line, "host"u8, head.Host);
        line.Raw(",\"request\":\""u8);
        line.JsonText(head.Method);
        line.Raw(head.Method.IsEmpty ? default : " "u8);
        line.JsonText(head.Target);
        line.Raw(head.Method.IsEmpty ? default : " "u8);
        line.Raw(head.Protocol);
        line.Raw("\""u8);
        Text(ref line, "request_method"u8, head.Method);
        Text(ref line, "request_uri"u8, head.Method.IsEmpty ? default : head.Target);
        Text(ref line, "server_protocol"u8, head.Protocol);
        Word(ref line, "scheme"u8, connection.IsTls ? "https" : "http");
        Number(ref line, "status"u8, exchange.Status);
        Number(ref line, "bytes_sent"u8, exchange.SentBytes);
        Number(ref line, "body_bytes_sent"u8, exchange.BodyBytes);
        if (exchange.ReceivedBytes >= 0)
            Number(ref line, "bytes_received"u8, exchange.ReceivedBytes);
        Text(ref line, "http_referer"u8, head.Referer);
        Text(ref line, "http_user_agent"u8, head.UserAgent);
        Seconds(ref line, "request_time"u8, exchange.Last);
        Seconds(ref line, "upstream_header_time"u8, exchange.OriginHead);
        Seconds(ref line, "upstream_response_time"u8, exchange.OriginLast);
        Text(ref line, "upstream_cache_status"u8, exchange.CacheStatus);
        Word(ref line, "cache_outcome"u8, exchange.Outcome);
        Word(ref line, "cache_reuse"u8, CacheReasons.TextOf(exchange.Note.Reuse));
        Word(ref line, "cache_store"u8, CacheReasons.TextOf(exchange.Note.Store));
        Word(ref line, "ssl_protocol"u8, connection.IsTls ? session.VersionText : "");
        Word(ref line, "ssl_cipher"u8, connection.IsTls ? session.SuiteText : "");
        Word(ref line, "ssl_curve"u8, session.Group ?? "");
        Word(ref line, "ssl_session_reused"u8, !connection.IsTls ? "" : session.Resumed ? "r" : ".");
        Word(ref line, "ktls"u8, connection.IsTls ? connection.Records : "");
        Seconds(ref line, "handshake_time"u8, exchange.Handshake);
        Seconds(ref line, "head_time"u8, exchange.Reading);
        Seconds(ref line, "first_byte_time"u8, exchange.First);
        line.Raw("}\n"u8);
    }

    private static void Name(ref LineWriter line, ReadOnlySpan<byte> name)
    {
        line.Raw(",\""u8);
        line.Raw(name);
        line.Raw("\":"u8);
    }

    private static void Text(ref LineWriter line, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Name(ref line, name);
        line.Raw("\""u8);
        line.JsonText(value);
        line.Raw("\""u8);
    }

    private static void Word(ref LineWriter line, ReadOnlySpan<byte> name, string word)
    {
        Name(ref line, name);
        line.Raw("\""u8);
        line.Word(word);
        line.Raw("\""u8);
    }

    private static void Number(ref LineWriter line, ReadOnlySpan<byte> name, long number)
    {
        Name(ref line, name);
        line.Number(number);
    }

    private static void Seconds(ref LineWriter line, ReadOnlySpan<byte> name, long micros)
    {
        Name(ref line, name);
        if (micros < 0)
            line.Raw("null"u8);
        else
            line.Seconds(micros);
    }
}
