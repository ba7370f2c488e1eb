using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Origin;
using TlsProxy.Testing;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Connections;

/// <summary>Whole connections over the fake back end, in ten thousand orders of events. A seed that fails is named and can be run alone by setting
/// TLSPROXY_SEED.</summary>
public sealed class SeededConnectionTests : IDisposable
{
    private const int Schedules = 10_000;
    private const int TurnsMaximum = 20_000;

    private readonly SegmentPool _pool = new();
    private readonly LocalResponses _responses;
    private int _whole;

    public SeededConnectionTests() => _responses = new LocalResponses(_pool);

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void Bytes_arrive_in_order_or_the_connection_ends_and_nothing_is_left()
    {
        var baseline = _pool.RentedSegments;
        var single = Environment.GetEnvironmentVariable("TLSPROXY_SEED");
        var seeds = single is null ? Enumerable.Range(0, Schedules) : [int.Parse(single, CultureInfo.InvariantCulture)];
        foreach (var seed in seeds)
        {
            try
            {
                Run(seed);
                Assert.Equal(baseline, _pool.RentedSegments);
            }
            catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or Xunit.Sdk.XunitException or NullReferenceException)
            {
                throw new InvalidOperationException($"Seed {seed} failed: {exception.Message}", exception);
            }
        }

        // Most clients stay to the end; without this a proxy that answers nobody would pass.
        if (single is null)
            Assert.InRange(_whole, Schedules, int.MaxValue);
    }

    private void Run(int seed)
    {
        var random = new Random(seed);
        var backend = new FakeBackend(seed, _pool) { FailuresPerThousand = seed % 3 == 0 ? 10 : 0 };
        using var loop = new EventLoop(backend);
        using var cache = new ResponseCache(200_000, 20);
        var origin = new SeededOrigin(random);
        var settings = new WorkerSettings { Pool = _pool, Responses = _responses, Cache = cache, Fetches = Fetches(origin, cache) };
        using var worker = new Worker(0, settings, []);
        worker.Adopt(loop);
        var clients = Enumerable.Range(0, random.Next(1, 5)).Select(_ => new SeededClient(random)).ToList();
        var turns = 0;
        for (var waiting = new Queue<SeededClient>(clients); waiting.Count > 0 || worker.Counters.Open > 0 || !origin.IsIdle;)
        {
            Assert.True(++turns < TurnsMaximum, "the connections don't end");
            if (waiting.Count > 0 && random.Next(3) == 0)
            {
                var client = waiting.Dequeue();
                client.Socket = backend.Open(out var descriptor);
                worker.Accept(descriptor, new ListenerTraits(IsTls: false));
            }

            foreach (var client in clients)
                client.Step();
            for (var steps = random.Next(3); steps > 0; steps--)
                origin.Step();
            loop.Turn();
        }

        loop.Turn(wait: false);
        Assert.Equal(0, loop.PendingOperations);
        Assert.Equal(0, backend.OpenSockets);
        Assert.Equal(0, backend.BuffersInUse);
        foreach (var client in clients)
            _whole += client.Check() ? 1 : 0;
    }

    private FetchTable Fetches(SeededOrigin origin, ResponseCache cache) => new()
    {
        Origin = origin,
        Cache = cache,
        Policy = new CachePolicy { Lifetimes = new LifetimePolicy { Default = 60 } },
        Pool = _pool,
        Fields = new ForwardedFields(null, "origin"),
        ObjectMaximum = 20_000,
    };

    /// <summary>Asks for some targets in a row, whole or cut, and leaves in one way or another.</summary>
    private sealed class SeededClient
    {
        private static readonly string?[] Ranges =
        [
            null, null, null, "bytes=0-9", "bytes=100-9999", "bytes=5-", "bytes=-7", "bytes=29999-", "bytes=1000-1999,0-9,1500-2500", "bytes=9000-9007199254740991",
        ];

        private readonly Random _random;
        private readonly List<(string Target, string? Range)> _targets;
        private readonly byte[] _requests;
        private readonly int _leavesAfter;
        private readonly bool _resets;
        private int _written;

        public SeededClient(Random random)
        {
            _random = random;
            _targets = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(6) == 0
                ? ("/health", null)
                : ($"/object/{random.Next(4)}", Ranges[random.Next(Ranges.Length)]))];
            _requests = Encoding.ASCII.GetBytes(string.Concat(_targets.Select(Request)));
            _resets = random.Next(6) == 0;
            _leavesAfter = random.Next(8) == 0 ? random.Next(_requests.Length) : _requests.Length;
        }

        public FakeSocket? Socket { get; set; }

        public void Step()
        {
            if (Socket is not { IsClosed: false } socket)
                return;
            socket.Stalls = _random.Next(4) == 0;
            if (_written < _leavesAfter)
            {
                var count = Math.Min(_leavesAfter - _written, _random.Next(1, 200));
                socket.Write(_requests.AsSpan(_written, count));
                _written += count;
            }
            else if (_resets && _random.Next(10) == 0)
            {
                socket.IsReset = true;
            }
            else if (_random.Next(10) == 0)
            {
                socket.HasEnded = true;
            }
        }

        /// <summary>What came is a beginning of the answers in order; all of them, unless something failed.</summary>
        public bool Check()
        {
            var sent = Socket!.Sent.ToArray().AsSpan();
            foreach (var (target, range) in _targets)
            {
                if (!TryTakeAnswer(ref sent, target, range))
                    return false;
            }

            Assert.True(sent.IsEmpty, $"{sent.Length} bytes too many came");
            return true;
        }

        private static string Request((string Target, string? Range) asked) => asked.Target == "/object/3"
            ? $"POST {asked.Target} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
            : $"GET {asked.Target} HTTP/1.1\r\nHost: a\r\n{(asked.Range is null ? "" : $"Range: {asked.Range}\r\n")}\r\n";

        private static bool TryTakeAnswer(ref Span<byte> sent, string target, string? range)
        {
            var end = sent.IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                Assert.True(sent.IsEmpty || sent.StartsWith("HTTP/1.1 "u8[..Math.Min(9, sent.Length)]), "what came is no head");
                return false;
            }

            var head = Encoding.ASCII.GetString(sent[..end]);
            sent = sent[(end + 4)..];
            if (!Regex.IsMatch(head, "^HTTP/1.1 (200|206|416) "))
            {
                Assert.Matches("^HTTP/1.1 (502|408|503) ", head);
                return Take(ref sent, LengthOf(head), null);
            }

            var expected = target == "/health" ? "ok\n"u8.ToArray() : SeededOrigin.BodyOf(target);
            if (!head.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
                expected = SelectedBy(range!, head, expected);
            if (!head.Contains("chunked", StringComparison.Ordinal))
                return Take(ref sent, LengthOf(head), expected);
            return TakeChunked(ref sent, expected);
        }

        /// <summary>What a range selects, as the head tells it.</summary>
        private static byte[] SelectedBy(string range, string head, byte[] body)
        {
            if (Regex.Match(head, "Content-Range: bytes (\\*|[0-9]+-[0-9]+)/(\\*|[0-9]+)\r\n") is { Success: true } told)
            {
                Assert.Contains(told.Groups[2].Value, new[] { "*", body.Length.ToString(CultureInfo.InvariantCulture) });
                if (told.Groups[1].Value == "*")
                    return [];
                var ends = told.Groups[1].Value.Split('-').Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToArray();
                Assert.True(ends[0] < body.Length && (ends[1] < body.Length || range.EndsWith($"-{ends[1]}", StringComparison.Ordinal)), "an end was invented");
                return body[(int)ends[0]..(int)Math.Min(ends[1] + 1, body.Length)];
            }

            var boundary = Regex.Match(head, "boundary=([0-9a-f]+)").Groups[1].Value;
            var message = new MemoryStream();
            foreach (var (first, last) in new[] { (1000, 2500), (0, 9) })
            {
                message.Write(Encoding.ASCII.GetBytes(
                    $"{(message.Length == 0 ? "" : "\r\n")}--{boundary}\r\nContent-Range: bytes {first}-{Math.Min(last, body.Length - 1)}/{body.Length}\r\n\r\n"));
                message.Write(body.AsSpan(first..Math.Min(last + 1, body.Length)));
            }

            message.Write(Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n"));
            return message.ToArray();
        }

        private static int LengthOf(string head)
        {
            var line = head.Split("\r\n").Single(field => field.StartsWith("Content-Length: ", StringComparison.Ordinal));
            return int.Parse(line["Content-Length: ".Length..], CultureInfo.InvariantCulture);
        }

        private static bool Take(ref Span<byte> sent, int length, byte[]? expected)
        {
            var count = Math.Min(length, sent.Length);
            if (expected is not null)
            {
                Assert.Equal(expected.Length, length);
                Assert.True(expected.AsSpan(0, count).SequenceEqual(sent[..count]), "the body differs");
            }

            sent = sent[count..];
            return count == length;
        }

        private static bool TakeChunked(ref Span<byte> sent, byte[] expected)
        {
            var decoder = new ChunkedDecoder();
            var read = 0;
            while (true)
            {
                var step = decoder.Decode(sent, out var consumed, out var data);
                sent = sent[consumed..];
                Assert.NotEqual(ChunkedStep.Malformed, step);
                Assert.True(read + data.Length <= expected.Length && expected.AsSpan(read, data.Length).SequenceEqual(data), "the body differs");
                read += data.Length;
                if (step == ChunkedStep.NeedMore)
                    return false;
                if (step != ChunkedStep.End)
                    continue;
                Assert.Equal(expected.Length, read);
                return true;
            }
        }
    }
}
