using System.Globalization;
using System.Text;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Tests.Exchanges;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Tests.Upstream.Contract;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Hosting.Memory;

/// <summary>Heads of responses, as long as an origin may make them and in the shapes that cost most.</summary>
[Collection("alone")]
public sealed class ResponseHeadBytesTests
{
    private const int Count = 40;

    // What the limit takes of the status line and of fields that the origin needs.
    private const int Beginning = 512;

    private static readonly int s_fieldBytes = (new OriginOptions { Host = "a", Port = 1 }.HeadKibibytesMax * 1024) - Beginning;

    public static TheoryData<string> Shapes => ["long", "repeated", "distinct"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Heads_that_have_come_from_the_origin(string shape)
    {
        var answer = Encoding.Latin1.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n" + Fields(shape) + "\r\nbody");
        await using var origin = new WireOrigin(async (_, stream, end) =>
        {
            await WireOrigin.ReadHeadAsync(stream, end);
            await stream.WriteAsync(answer, end);
            await Task.Delay(Timeout.Infinite, end);
        });
        // The first brings what is there once.
        Receive(origin, 1);
        var held = HeldBytes.Of(() => Receive(origin, Count));
        Assert.True(held <= (Count * (long)FetchBytes.ResponseHeadMaximum) + (1 << 20), $"{held / Count} bytes are held of each");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Heads_on_their_way_to_clients(string shape)
    {
        using var pool = new SegmentPool();
        var head = new ResponseHead { Status = 200 };
        foreach (var line in Fields(shape).Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(':');
            head.Fields.Add(Encoding.Latin1.GetBytes(words[0]), Encoding.Latin1.GetBytes(words[1]));
        }

        head.Fields.Add("Content-Type"u8, new byte[MultipartRanges.ContentTypeMaximum]);
        var body = new Body(pool, 100);
        body.Append(new byte[100]);
        using var scene = new ReaderScene(pool, body, head);
        var before = pool.AllocatedBytes;

        scene.Start([.. Enumerable.Range(0, RangeField.RangesMaximum).Select(i => new ByteSpan(2 * i, 1))]);

        Assert.InRange(pool.AllocatedBytes - before, s_fieldBytes, ConnectionBytes.HeadMaximum);
    }

    private static string Fields(string shape)
    {
        var fields = new StringBuilder();
        if (shape == "long")
            return fields.Append("X: ").Append('v', s_fieldBytes - 5).Append("\r\n").ToString();
        for (var i = 0; fields.Length < s_fieldBytes - 8; i++)
            fields.Append(shape == "repeated" ? "x" : i.ToString("x", CultureInfo.InvariantCulture)).Append(":\r\n");
        return fields.ToString();
    }

    private static RecordingSink[] Receive(WireOrigin origin, int count)
    {
        RecordingSink[] sinks = [.. Enumerable.Range(0, count).Select(_ => origin.Send(OriginRequests.Create("/")))];
        foreach (var sink in sinks)
            Assert.True(sink.Begun.Wait(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        return sinks;
    }
}
