using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests;

/// <summary>Heads out of their lines.</summary>
internal static class Messages
{
    public static RequestHead Request(string target = "/object/a", string method = "GET", params string[] fields) =>
        RequestTo("a", target, method, fields);

    public static RequestHead RequestTo(string host, string target = "/object/a", string method = "GET", params string[] fields)
    {
        var head = new RequestHead();
        var text = $"{method} {target} HTTP/1.1\r\nHost: {host}\r\n{string.Concat(fields.Select(field => field + "\r\n"))}\r\n";
        Assert.Equal(
            ParseStatus.Complete, RequestParser.Parse(Encoding.Latin1.GetBytes(text), new HttpLimits(), head, out _, out var refusal));
        Assert.Equal(Refusal.None, refusal);
        return head.Detach();
    }

    /// <summary>The fields with a bar between two; empty for null.</summary>
    public static string Describe(FieldTable? fields) => fields is null ? "" : string.Join('|', Enumerable.Range(0, fields.Count)
        .Select(i => $"{Encoding.Latin1.GetString(fields.Name(i))}: {Encoding.Latin1.GetString(fields.Value(i))}"));

    public static ResponseHead Response(int status, params string[] fields)
    {
        var head = new ResponseHead { Status = status, Framing = status == 304 ? BodyFraming.None : BodyFraming.UntilClose };
        foreach (var field in fields)
        {
            var colon = field.IndexOf(':', StringComparison.Ordinal);
            head.Fields.Add(Encoding.Latin1.GetBytes(field[..colon]), Encoding.Latin1.GetBytes(field[(colon + 1)..].Trim(' ')));
        }

        return head;
    }

    /// <summary>The lines of one field.</summary>
    public static FieldTable Fields(string name, params string[] values) =>
        Response(200, [.. values.Select(value => $"{name}: {value}")]).Fields;

    public static string? Field(ResponseHead head, string name)
    {
        var index = head.Fields.Find(Encoding.ASCII.GetBytes(name));
        return index < 0 ? null : Encoding.Latin1.GetString(head.Fields.Value(index));
    }

    /// <summary>A date as HTTP writes it.</summary>
    public static string Date(long unixSeconds) =>
        DateTimeOffset.FromUnixTimeSeconds(unixSeconds).ToString("R", System.Globalization.CultureInfo.InvariantCulture);
}
