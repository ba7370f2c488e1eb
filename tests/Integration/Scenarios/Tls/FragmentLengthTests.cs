using System.Globalization;
using System.Text.RegularExpressions;
using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Testing;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios.Tls;

/// <summary>Clients that ask for short records by max_fragment_length (RFC 6066, section 4), which libssl grants.</summary>
public sealed partial class FragmentLengthTests(SharedProxies shared) : IDisposable
{
    // Bytes that TLS 1.2 with AES-GCM adds behind the header; TLS 1.3 adds less.
    private const int ExpansionMaximum = 24;

    private readonly TestFolder _folder = new();

    public static IEnumerable<TheoryDataRow<Transport>> TlsTransports() => Matrix.Transports().Where(row => row.Data.IsTls());

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(TlsTransports))]
    public async Task Every_record_keeps_to_the_length_that_was_agreed_on(Transport transport)
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, transport, "--access-log", "access.log");
        var small = shared.Scripted.Add(exchange => exchange.AnswerAsync(TestContent.Make(100)));
        var large = shared.Scripted.Add(exchange => exchange.AnswerAsync(TestContent.Make(1_345_292)));
        foreach (var limit in new[] { 512, 1024, 2048, 4096 })
        {
            // A session each: it remembers the length, and libssl takes no other in its resumption.
            var session = _folder[$"session-{limit}"];
            await GetAsync(proxy, transport, limit, small, 100, "-sess_out", session);
            await GetAsync(proxy, transport, limit, small, 100, "-sess_in", session);
            // Where the kernel could make records, these are made in user space too; an emulated one takes half a minute for all.
            if (transport.NeedsKernelTls() && limit != 1024)
                continue;
            await GetAsync(proxy, transport, limit, large, 1_345_292);
            await GetAsync(proxy, transport, limit, large, 1_345_292, "-sess_in", session);
        }

        var largeCount = transport.NeedsKernelTls() ? 2 : 8;
        foreach (var (path, count) in new[] { (small, 8), (large, largeCount) })
        {
            var lines = await AccessLogLine.ReadAsync(proxy, path, count);
            Assert.All(lines, line => Assert.Equal(transport.NeedsKernelTls() ? "none:fragment_length" : "none:off", line.Ktls));
            Assert.Equal(count / 2, lines.Count(line => line.Resumed == "yes"));
        }

        Assert.Equal(transport.NeedsKernelTls() ? 10 : 0, (await proxy.ReadStatisticsAsync()).UserSpaceForFragmentLength);
    }

    private async Task GetAsync(ProxyProcess proxy, Transport transport, int limit, string path, int length, params string[] options)
    {
        var messages = _folder["messages"];
        var text = limit.ToString(CultureInfo.InvariantCulture);
        string[] asked = ["-maxfraglen", text, "-msg", "-msgfile", messages, .. options];
        var answer = await OpenSslClient.GetAsync(proxy, transport, "", path, asked);

        var body = answer.AsSpan()[(answer.AsSpan().IndexOf("\r\n\r\n"u8) + 4)..];
        Assert.True(body.SequenceEqual(TestContent.Make(length)), $"{body.Length} bytes came of {length} with records of {limit}.");
        var received = (await File.ReadAllTextAsync(messages)).Split("\n<<< ")[1..];
        var records = received.Select(message => ApplicationDataHeader().Match(message)).Where(match => match.Success).ToArray();
        Assert.True(records.Length > length / limit, $"{records.Length} records hold {length} bytes.");
        Assert.All(records, record => Assert.InRange(LengthOf(record), 1, limit + ExpansionMaximum));
    }

    private static int LengthOf(Match record) => Convert.ToInt32(record.Groups[1].Value + record.Groups[2].Value, 16);

    /// <summary>The five bytes of a record's header, as <c>-msg</c> shows them.</summary>
    [GeneratedRegex(@"^[^\n]*\[length 0005\]\n    17 03 03 ([0-9a-f]{2}) ([0-9a-f]{2})")]
    private static partial Regex ApplicationDataHeader();
}
