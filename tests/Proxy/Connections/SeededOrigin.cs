using System.Globalization;
using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Origin;

namespace TlsProxy.Proxy.Tests.Connections;

/// <summary>An origin whose answers come in steps that a seed puts in order. The body of a target is made from its text, so that a client knows it.</summary>
internal sealed class SeededOrigin(Random random) : IOrigin
{
    private readonly List<Exchange> _exchanges = [];

    public bool IsIdle => _exchanges.Count == 0;

    public static byte[] BodyOf(string target)
    {
        var seed = target.Aggregate(17, (hash, letter) => unchecked((hash * 31) + letter));
        var body = new byte[new Random(seed).Next(0, 30_000)];
        new Random(seed).NextBytes(body);
        return body;
    }

    public void Start(OriginRequest request, IOriginSink sink)
    {
        var exchange = new Exchange(request, sink);
        request.TryAttach(exchange);
        _exchanges.Add(exchange);
    }

    /// <summary>Takes one step of one answer.</summary>
    public void Step()
    {
        if (_exchanges.Count == 0)
            return;
        var exchange = _exchanges[random.Next(_exchanges.Count)];
        if (exchange.Step(random))
            _exchanges.Remove(exchange);
    }

    private sealed class Exchange(OriginRequest request, IOriginSink sink) : IOriginExchange
    {
        private readonly string _target = Encoding.ASCII.GetString(request.Target.Span);
        private bool _cancelled;
        private bool _headSent;
        private bool _waits;
        private int _sent;

        public void Cancel() => _cancelled = true;

        public void Resume() => _waits = false;

        /// <returns>True when the answer has ended.</returns>
        public bool Step(Random random)
        {
            if (_cancelled || random.Next(200) == 0)
            {
                request.Body?.Discard();
                sink.OnFailed(_cancelled ? OriginFailure.Cancelled : _headSent ? OriginFailure.Truncated : OriginFailure.NoResponse);
                return true;
            }

            if (_waits)
                return false;
            var body = BodyOf(_target);
            if (!_headSent)
            {
                _headSent = true;
                sink.OnHead(Head(body.Length, random));
                return false;
            }

            if (_sent < body.Length)
            {
                var count = Math.Min(body.Length - _sent, random.Next(1, 10_000));
                _waits = sink.OnData(body.AsSpan(_sent, count)) == OriginFlow.Wait;
                _sent += count;
                return false;
            }

            request.Body?.Discard();
            sink.OnEnd();
            return true;
        }

        private static ResponseHead Head(int length, Random random)
        {
            var known = random.Next(2) == 0;
            var head = new ResponseHead { Status = 200, Framing = known ? BodyFraming.Length : BodyFraming.Chunked, ContentLength = known ? length : 0 };
            head.Fields.Add("Cache-Control"u8, random.Next(3) == 0 ? "private"u8 : "max-age=60"u8);
            head.Fields.Add("X-Length"u8, Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture)));
            return head;
        }
    }
}
