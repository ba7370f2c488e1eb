using System.Globalization;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

public sealed class FieldTests(SharedProxies shared)
{
    private const string Date = "Tue, 03 Mar 2026 10:00:00 GMT";

    [Theory]
    [InlineData(Transport.Plaintext, "http")]
    [InlineData(Transport.Tls13User, "https")]
    public async Task The_origin_sees_who_asked_and_by_what(Transport transport, string scheme)
    {
        var proxy = await shared.BeforeScriptedAsync(transport);
        MessageHead? seen = null;
        var path = shared.Scripted.Add(async e =>
        {
            seen = e.Head;
            await e.AnswerAsync("x"u8.ToArray());
        });
        await using var client = await ClientConnection.OpenAsync(proxy, transport);

        await client.SendAsync($"GET {path}?q=%41/../b HTTP/1.1\r\nHost: Example.test:123\r\nX-Forwarded-For: 10.9.8.7\r\n" +
            "X-Forwarded-Proto: gopher\r\nX-Forwarded-Host: elsewhere\r\nConnection: X-Private\r\nX-Private: 1\r\nX-Public: 2\r\n\r\n");
        Assert.Equal(200, (await client.ReadReplyAsync()).Status);

        Assert.NotNull(seen);
        Assert.Equal($"GET {path}?q=%41/../b HTTP/1.1", seen.FirstLine);
        Assert.Equal("example.test:123", seen["Host"]);
        Assert.Equal("127.0.0.1", seen["X-Forwarded-For"]);
        Assert.Equal(scheme, seen["X-Forwarded-Proto"]);
        Assert.Equal("example.test:123", seen["X-Forwarded-Host"]);
        Assert.Contains("1.1 ", seen["Via"], StringComparison.Ordinal);
        Assert.Null(seen["X-Private"]);
        Assert.Equal("2", seen["X-Public"]);
    }

    [Fact]
    public async Task A_hit_carries_Via_Age_and_the_Date_of_the_origin()
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        var date = DateTimeOffset.UtcNow.AddSeconds(-30).ToString("R", CultureInfo.InvariantCulture);
        var path = shared.Scripted.Add(e => e.AnswerAsync("x"u8.ToArray(), "Cache-Control: max-age=600", "Age: 20", "Date: " + date));
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);

        await client.GetAsync(path);
        var hit = (await client.GetAsync(path)).Head;

        Assert.Equal(1, shared.Scripted.CountRequests(path));
        Assert.Contains("1.1 ", hit["Via"], StringComparison.Ordinal);
        Assert.Equal(1, hit.Count("Date"));
        Assert.Equal(date, hit["Date"]);
        Assert.Equal(1, hit.Count("Age"));
        // The apparent age of 30 s is more than the 20 s that the origin says (RFC 9111 §4.2.3).
        Assert.InRange(int.Parse(hit["Age"]!, CultureInfo.InvariantCulture), 30, 30 + (int)RunningKernel.TestLimit.TotalSeconds);
    }

    [Fact]
    public async Task Date_is_added_only_where_the_origin_sent_none()
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        var without = shared.Scripted.Add(e => e.AnswerAsync("x"u8.ToArray(), "Cache-Control: no-store"));
        var with = shared.Scripted.Add(e => e.AnswerAsync("x"u8.ToArray(), "Cache-Control: no-store", "Date: " + Date));
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);

        var added = (await client.GetAsync(without)).Head;
        var kept = (await client.GetAsync(with)).Head;

        Assert.Equal(1, added.Count("Date"));
        Assert.True(DateTimeOffset.TryParseExact(added["Date"], "R", CultureInfo.InvariantCulture, DateTimeStyles.None, out _));
        Assert.Equal(1, kept.Count("Date"));
        Assert.Equal(Date, kept["Date"]);
    }
}
