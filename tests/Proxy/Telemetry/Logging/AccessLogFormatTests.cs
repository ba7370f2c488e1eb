using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TlsProxy.Proxy.Telemetry.Logging;
using TlsProxy.Testing;

namespace TlsProxy.Proxy.Tests.Telemetry.Logging;

/// <summary>Lines of the access log in each format, whatever clients send.</summary>
public sealed partial class AccessLogFormatTests
{
    private const string Plain =
        "GET /a?b=c HTTP/1.1\r\nHost: example.com:8443\r\nReferer: https://r.example/\r\nuser-agent: curl/8.1\r\n\r\n";

    private static readonly string[] s_hostile =
    [
        "\"", "\\", "a\" 200 1 \"", "\\x22", "\t", "\u00ff\u00fe", "\u00e2\u0082", "\u00c0\u00af", "\u00ed\u00a0\u0080",
        "\u00f0\u009f\u0098\u0080", "\u00c2\u009b31m", "\u00e2\u0080\u00a8", "", new string('a', 16_384),
        new string('"', 16_384), new string('\u00ff', 16_384),
        "a" + string.Concat(Enumerable.Repeat("\u00e2\u0082\u00ac", 5_000)),
    ];

    public static TheoryData<string> Formats => new(Enum.GetNames<AccessLogFormat>());

    [Fact]
    public void Combined_is_the_format_of_nginx_and_Apache_to_the_byte()
    {
        using var request = new LoggedRequest(AccessLogFormat.Combined);
        request.Write(Plain);
        Assert.Matches(
            "^192\\.0\\.2\\.1 - - \\[\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d \\+0000\\] \"GET /a\\?b=c HTTP/1\\.1\" 200 1000 "
            + "\"https://r\\.example/\" \"curl/8\\.1\"\n$",
            request.Read());
    }

    [Fact]
    public void Text_names_host_protocol_referer_agent_time_of_the_origin_and_bytes_of_the_body()
    {
        using var request = new LoggedRequest(AccessLogFormat.Text);
        request.Write(Plain);
        Assert.EndsWith(
            " \"GET /a?b=c\" 200 1234 Miss reuse=nothing-stored store=stored tls=- suite=- group=- resumed=- ktls=- handshake=0 head=999 "
            + "first=2000 last=3000 upstream=2000 body=1000 protocol=HTTP/1.1 host=\"example.com:8443\" referer=\"https://r.example/\" "
            + "agent=\"curl/8.1\"\n",
            request.Read(), StringComparison.Ordinal);
    }

    [Fact]
    public void JSON_has_the_names_of_nginx_s_variables()
    {
        using var request = new LoggedRequest(AccessLogFormat.Json);
        request.Write(Plain);
        var line = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(request.Read())!;
        Assert.True(line["time_iso8601"].TryGetDateTimeOffset(out _));
        Assert.Equal(
            "192.0.2.1 example.com:8443 GET /a?b=c HTTP/1.1 GET /a?b=c HTTP/1.1 http 200 1234 1000 https://r.example/ curl/8.1 0.003000 "
            + "0.001000 0.002000 MISS",
            string.Join(' ', new[]
            {
                "remote_addr", "host", "request", "request_method", "request_uri", "server_protocol", "scheme", "status", "bytes_sent",
                "body_bytes_sent", "http_referer", "http_user_agent", "request_time", "upstream_header_time", "upstream_response_time",
                "upstream_cache_status",
            }.Select(name => line[name].ToString())));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_request_that_the_origin_has_no_part_in_has_no_time_of_it(string format)
    {
        using var request = new LoggedRequest(Enum.Parse<AccessLogFormat>(format));
        request.WriteRefused("GET / HTTP/9\r\n\r\n"u8);
        var line = request.Read();
        Assert.Contains(format switch
        {
            nameof(AccessLogFormat.Json) => "\"upstream_response_time\":null",
            nameof(AccessLogFormat.Text) => " upstream=- ",
            _ => "\"GET / HTTP/9\" 400 ",
        }, line, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Whatever_a_client_sends_its_line_is_one_line_and_each_value_ends_where_it_ends(string format)
    {
        foreach (var value in s_hostile)
        {
            using var request = new LoggedRequest(Enum.Parse<AccessLogFormat>(format));
            request.Write($"GET / HTTP/1.1\r\nHost: a\r\nReferer: r\r\nUser-Agent: {value}\r\n\r\n");
            Check(request, format);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void What_is_no_request_is_logged_escaped_up_to_the_end_of_its_line(string format)
    {
        string[] lines =
            [.. s_hostile.Where(line => line.Length > 0), "GET /\u0000\u001b[2J HTTP/1.1", "\u0016\u0003\u0001\u0002", "a\u007fb"];
        foreach (var line in lines)
        {
            using var request = new LoggedRequest(Enum.Parse<AccessLogFormat>(format));
            request.WriteRefused(Encoding.Latin1.GetBytes("\r\n" + line + "\r\nInjected: 1\r\n\r\n"));
            Assert.DoesNotContain("Injected", Check(request, format), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("\u00e2\u0082\u00ac\"\\", "\"http_user_agent\":\"\u20ac\\u0022\\u005c\"")]
    [InlineData("\u00ff", "\"http_user_agent\":\"\ufffd\"")]
    [InlineData("\u00c2\u009b\u00e2\u0080\u00a8", "\"http_user_agent\":\"\\u009b\\u2028\"")]
    public void JSON_keeps_UTF_8_and_escapes_what_ends_strings_lines_or_screens(string agent, string expected)
    {
        using var request = new LoggedRequest(AccessLogFormat.Json);
        request.Write($"GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: {agent}\r\n\r\n");
        Assert.Contains(expected, request.Read(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_is_cut_ends_with_a_whole_character()
    {
        using var request = new LoggedRequest(AccessLogFormat.Json);
        request.Write($"GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: {s_hostile[^1]}\r\n\r\n");
        var agent = JsonDocument.Parse(request.Read()).RootElement.GetProperty("http_user_agent").GetString();
        Assert.Equal("a" + new string('\u20ac', (TracedHead.UserAgentMaximum - 1) / 3), agent);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void The_longest_line_has_room(string format)
    {
        using var request = new LoggedRequest(Enum.Parse<AccessLogFormat>(format));
        LoggedRequest.Parse($"GET /{new string('[', 10_000)} HTTP/1.1\r\nHost: {new string('h', 255)}\r\n\r\n", request.Head);
        request.Head.AddField("Referer"u8, new byte[16_384]);
        request.Head.AddField("User-Agent"u8, new byte[16_384]);
        request.Write();
        request.WriteRefused(Encoding.Latin1.GetBytes(new string('\u0001', 16_384)));
        var text = request.Read();
        Assert.Equal(2, text.Count(letter => letter == '\n'));
        Assert.True(format != nameof(AccessLogFormat.Combined) || text.Split('\n').All(line => line.Length < 4096), text);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_line_allocates_nothing_and_borrowed_memory_goes_back(string format)
    {
        using var request = new LoggedRequest(Enum.Parse<AccessLogFormat>(format));
        for (var i = 0; i < 100; i++)
            request.Write(Plain);
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (var i = 0; i < 100; i++)
                request.Write();
        }));
        request.Cut(Plain);
        Assert.Equal(0, request.Segments.LentBytes);
    }

    private static string Check(LoggedRequest request, string format)
    {
        var line = request.Read();
        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
        if (format == nameof(AccessLogFormat.Json))
        {
            Assert.DoesNotContain(line[..^1], char.IsControl);
            JsonDocument.Parse(line).Dispose();
            return line;
        }

        Assert.All(line[..^1], letter => Assert.InRange(letter, ' ', '~'));
        Assert.Matches(format == nameof(AccessLogFormat.Combined) ? Combined() : Text(), line);
        return line;
    }

    [GeneratedRegex("^[^\" ]+ - - \\[[^]]+\\] \"[^\"]*\" \\d+ \\d+ \"[^\"]*\" \"[^\"]*\"\n$")]
    private static partial Regex Combined();

    [GeneratedRegex("^[^\" ]+Z [^\" ]+ \"[^\"]*\" \\d+ \\d+ [^\"]* host=\"[^\"]*\" referer=\"[^\"]*\" agent=\"[^\"]*\"\n$")]
    private static partial Regex Text();
}
