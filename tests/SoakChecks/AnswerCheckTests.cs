using System.Globalization;
using System.Text;
using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Soak.Checks;
using TlsProxy.Soak.Clients;
using TlsProxy.Soak.Content;

namespace TlsProxy.SoakChecks.Tests;

/// <summary>Each check passes a good answer and finds the fault that is planted in it.</summary>
public sealed class AnswerCheckTests
{
    private const int Version = 3;
    private static readonly SoakTarget Target = new("/object/1", 1000, 60, 0, IsChunked: false, Varies: true, HasTag: true);
    private static readonly SoakTarget Unstored = Target with { LifetimeSeconds = 0 };
    private readonly long _now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    [Fact]
    public void A_good_answer_passes()
    {
        Assert.Empty(Judge(Get(), 200, Body()));
        Assert.Empty(Judge(Get() with { Ranges = [new RequestedRange(10, 19)] }, 206, Body()[10..20], "Content-Range: bytes 10-19/1003"));
        Assert.Empty(Judge(Get() with { Validator = "\"de-3\"" }, 304, []));
        Assert.Empty(Judge(Get() with { Target = Unstored }, 200, Body()));
    }

    [Theory]
    [InlineData("X-Target: /object/2", "the answer of /object/2")]
    [InlineData("X-Variant: en", "the variant en instead of de")]
    [InlineData("X-Version: 2", "version 2 after")]
    [InlineData("X-Version: x", "without the origin's fields")]
    [InlineData("Age: 30", "Age 30")]
    [InlineData("Cache-Status: tlsproxy; hit", "a hit without Age")]
    public void A_wrong_field_is_found(string field, string wrong)
    {
        var found = Judge(Get() with { LeastVersion = Version }, 200, Body(), field);

        Assert.Contains(found, one => one.StartsWith(wrong, StringComparison.Ordinal));
    }

    [Fact]
    public void A_body_of_another_version_a_wrong_byte_and_a_wrong_end_are_found()
    {
        var changed = Body();
        changed[500] ^= 1;
        Assert.Contains("byte 500 is not of version 3", Judge(Get(), 200, changed));
        Assert.Equal(["it ends at 1002 instead of 1003"], Judge(Get(), 200, Body()[..^1]));
        Assert.NotEmpty(Judge(Get(), 200, [.. Body(), 0]));
        Assert.Contains("byte 0 is not of version 4", Judge(Get(), 200, Body(), "X-Version: 4"));
    }

    [Fact]
    public void What_was_not_to_be_stored_and_what_is_too_old_is_found()
    {
        var unstored = Get() with { Target = Unstored };
        Assert.Equal(["no-store, but stored"], Judge(unstored, 200, Body(), "Age: 0", "Cache-Status: tlsproxy; hit"));
        var old = string.Create(CultureInfo.InvariantCulture, $"X-Generated: {_now - 90_000}");
        Assert.Single(Judge(Get(), 200, Body(), old, "Age: 90"), one => one.EndsWith("beyond any stale window", StringComparison.Ordinal));
        Assert.Single(Judge(Get(), 200, Body(), old, "Age: 10"), one => one.StartsWith("Age 10", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(206, "206 without a range")]
    [InlineData(304, "304 with \"de-3\" without a condition")]
    [InlineData(416, "416 without a range")]
    [InlineData(404, "a status that nothing leads to")]
    public void A_status_that_was_not_asked_for_is_found(int status, string wrong) => Assert.Equal([wrong], Judge(Get(), status, []));

    [Theory]
    [InlineData("Content-Range: bytes 11-20/1003", 11)]
    [InlineData("Content-Range: bytes 10-18/1003", 10)]
    [InlineData("Content-Range: bytes 10-19/9", 10)]
    public void A_range_that_was_not_asked_for_is_found(string field, int first)
    {
        var request = Get() with { Ranges = [new RequestedRange(10, 19)] };

        Assert.NotEmpty(Judge(request, 206, Body()[first..(first + 10)], field));
    }

    [Fact]
    public void A_wrong_byte_of_a_part_and_a_part_that_is_missing_are_found()
    {
        var request = Get() with { Ranges = [new RequestedRange(0, 1), new RequestedRange(10, 11)] };
        const string Type = "Content-Type: multipart/byteranges; boundary=b";
        Assert.Empty(Judge(request, 206, Parts((0, 1), (10, 11)), Type));
        Assert.Single(Judge(request, 206, Parts((0, 1)), Type));
        var parts = Parts((0, 1), (10, 11));
        parts[Encoding.Latin1.GetString(parts).IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4] ^= 1;
        Assert.Equal(["byte 0 of a part is not of version 3"], Judge(request, 206, parts, Type));
    }

    [Theory]
    [InlineData(502, true)]
    [InlineData(503, true)]
    [InlineData(200, false)]
    public void An_error_needs_an_excuse(int status, bool needed) => Assert.Equal(needed, new AnswerCheck(Get(), Head(status)).NeedsExcuse);

    private static byte[] Body()
    {
        var body = new byte[Target.LengthOf(Version)];
        ContentBytes.Fill(ContentBytes.Key(Target.Path, "de", Version), 0, body);
        return body;
    }

    private static byte[] Parts(params (int First, int Last)[] ranges)
    {
        var text = new StringBuilder();
        foreach (var (first, last) in ranges)
            text.Append("\r\n--b\r\nContent-Range: bytes ").Append(first).Append('-').Append(last).Append("/1003\r\n\r\n")
                .Append(Encoding.Latin1.GetString(Body()[first..(last + 1)]));
        return Encoding.Latin1.GetBytes(text.Append("\r\n--b--\r\n").ToString()[2..]);
    }

    private SoakRequest Get() => new("GET", Target, "de") { SentTime = _now };

    /// <summary>What the origin says, but for fields that are said otherwise.</summary>
    private MessageHead Head(int status, params string[] fields)
    {
        var said = fields.Select(field => field.Split(": ", 2)).Select(field => KeyValuePair.Create(field[0], field[1])).ToArray();
        KeyValuePair<string, string>[] usual =
        [
            new("X-Target", Target.Path), new("X-Variant", status == 503 ? "error" : "de"), new("X-Version", "3"), new("ETag", "\"de-3\""),
            new("X-Generated", _now.ToString(CultureInfo.InvariantCulture)),
        ];
        return new MessageHead($"HTTP/1.1 {status} X", [.. said, .. usual.Where(one => said.All(other => other.Key != one.Key))]);
    }

    private string[] Judge(SoakRequest request, int status, byte[] body, params string[] fields)
    {
        var check = new AnswerCheck(request, Head(status, fields));
        check.Accept(body);
        check.End();
        return [.. check.Wrong];
    }
}
