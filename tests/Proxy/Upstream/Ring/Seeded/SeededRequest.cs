using System.Globalization;
using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Seeded;

/// <summary>One request, with the client that sends its body and may give it up.</summary>
internal sealed class SeededRequest : IRequestBodyWriter
{
    private static readonly KnownMethod[] s_methods =
    [
        KnownMethod.Get, KnownMethod.Get, KnownMethod.Get, KnownMethod.Head, KnownMethod.Put, KnownMethod.Put, KnownMethod.Post,
        KnownMethod.Post, KnownMethod.Patch, KnownMethod.Delete,
    ];

    private readonly OriginScript _script;
    private readonly bool _expectsContinue;
    private readonly int _abortsAt = int.MaxValue;
    private readonly bool _hasTrailers;
    private int _cancelsIn;
    private int _written;
    private bool _mayWrite;
    private bool _hasLeft;
    private long _pausedUntil;

    public SeededRequest(OriginScript script, SeededSinkMemory memory, IMailbox loop, SegmentPool pool, int number)
    {
        var random = script.Random;
        _script = script;
        Number = number;
        Method = s_methods[random.Next(s_methods.Length)];
        var mayHaveBody = Method is KnownMethod.Put or KnownMethod.Post or KnownMethod.Patch;
        var hasBody = Method != KnownMethod.Head && random.Next(mayHaveBody ? 6 : 12) < (mayHaveBody ? 5 : 1);
        Content = hasBody ? AnswerPlan.Bytes(script) : [];
        _expectsContinue = hasBody && script.Happens(3);
        _cancelsIn = script.Happens(15) ? random.Next(1, 120) : 0;
        _mayWrite = !_expectsContinue;
        if (hasBody && Content.Length > 0 && script.Happens(12))
            _abortsAt = random.Next(Content.Length);
        RequestBody? body = null;
        if (hasBody)
        {
            HasLength = random.Next(2) == 0;
            _hasTrailers = !HasLength && random.Next(3) == 0;
            var capacity = random.Next(3) == 0 ? random.Next(2 + (Content.Length / 300), 5000) : RequestBody.DefaultCapacity;
            body = new RequestBody(HasLength ? Content.Length : null, loop, this, pool, capacity) { TellsWanted = _expectsContinue };
        }

        var fields = new FieldTable();
        fields.Add("Host"u8, "origin"u8);
        Request = new OriginRequest
        {
            Method = Method,
            MethodText = Encoding.ASCII.GetBytes(MethodText),
            Target = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"/{number}")),
            Fields = fields,
            Body = body,
            ExpectsContinue = _expectsContinue,
            AcceptsTrailers = random.Next(2) == 0,
        };
        Sink = new SeededSink(script, this, memory);
    }

    public int Number { get; }

    public KnownMethod Method { get; }

    public string MethodText => Method.ToString().ToUpperInvariant();

    /// <summary>The whole body.</summary>
    public byte[] Content { get; }

    /// <summary>The length of the body is told before it.</summary>
    public bool HasLength { get; }

    public OriginRequest Request { get; }

    public SeededSink Sink { get; }

    /// <summary>It has been started.</summary>
    public bool HasBegun { get; set; }

    /// <summary>How often its head has begun to arrive at the origin.</summary>
    public int Sightings { get; private set; }

    /// <summary>The turn after which it was given up.</summary>
    public int CancelledAt { get; private set; } = int.MaxValue;

    /// <summary>Failures that it may have.</summary>
    public HashSet<OriginFailure> Excused { get; } = [];

    /// <summary>It may be sent again on a new connection after one that has ended without a byte of an answer.</summary>
    public bool MayBeRepeated => Request.Body is null && RetryRule.IsSafe(Method);

    /// <summary>The request line has come to the origin.</summary>
    public void OnSeen()
    {
        Sightings++;
        Assert.True(Sightings <= (MayBeRepeated ? 2 : 1), $"The origin has seen {this} {Sightings} times.");
    }

    /// <summary>The client does something, or nothing.</summary>
    public void Step()
    {
        if (_cancelsIn > 0 && --_cancelsIn == 0)
            Cancel();
        Sink.Step();
        if (Request.Body is { } body && !_hasLeft && _mayWrite && _script.Clock.Now >= _pausedUntil && !_script.Happens(3))
            Write(body);
    }

    /// <summary>The client gives it up now or within a few steps.</summary>
    public void CancelSoon()
    {
        _cancelsIn = _script.Random.Next(3);
        if (_cancelsIn == 0)
            Cancel();
    }

    /// <summary>The client gives it up.</summary>
    public void Cancel()
    {
        CancelledAt = Math.Min(CancelledAt, _script.Turns);
        Excused.Add(OriginFailure.Cancelled);
        Request.Cancel();
    }

    /// <summary>The client goes.</summary>
    public void Leave()
    {
        if (!_hasLeft)
            Request.Body?.Abort();
        _hasLeft = true;
    }

    public void OnWanted() => _mayWrite = true;

    public void OnRoom() => _mayWrite = true;

    public void OnFault() => throw new InvalidOperationException("The client's side has met a fault.");

    public override string ToString() =>
        $"{MethodText} /{Number} with {(Request.Body is null ? "no body" : $"{Content.Length} bytes")}"
        + (HasLength ? " of known length" : "") + (_expectsContinue ? ", expecting 100" : "");

    private void Write(RequestBody body)
    {
        var end = Math.Min(Content.Length, _abortsAt);
        if (_written == end)
        {
            _hasLeft = true;
            if (_abortsAt < Content.Length)
            {
                Excused.Add(OriginFailure.ClientBodyFailed);
                body.Abort();
            }
            else
            {
                body.Complete(_hasTrailers ? Trailers() : null);
            }

            return;
        }

        var count = Math.Min(end - _written, AnswerPlan.PieceOf(_script.Random, Content.Length));
        var taken = body.Write(Content.AsSpan(_written, count));
        _written += taken;
        _mayWrite = taken == count;
        if (_script.Happens(40))
            _pausedUntil = _script.LongFromNow();
    }

    private static FieldTable Trailers()
    {
        var trailers = new FieldTable();
        trailers.Add("X-Sum"u8, "1"u8);
        return trailers;
    }
}
