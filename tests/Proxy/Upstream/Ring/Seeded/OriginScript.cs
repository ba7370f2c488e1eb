using TlsProxy.Proxy.Tests.Connections.Seeded;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Testing.Backend;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Seeded;

/// <summary>What the two sides of a schedule share: its requests, the answers that the origin has drawn for them, and what excuses a
/// failure.</summary>
/// <param name="bytesMaximum">The most bytes of a body.</param>
/// <param name="isKind">The origin answers every request, and closes nothing unasked.</param>
internal sealed class OriginScript(Random random, FakeClock clock, int bytesMaximum, bool isKind)
{
    private readonly Dictionary<string, AnswerPlan> _answers = [];

    public Random Random { get; } = random;

    public FakeClock Clock { get; } = clock;

    public int BytesMaximum { get; } = bytesMaximum;

    public bool IsKind { get; } = isKind;

    public List<SeededRequest> Requests { get; } = [];

    public ScheduleTally Tally { get; } = new();

    /// <summary>Receives a line for each thing that either side does, to see what a seed does.</summary>
    public Action<string>? Trace { get; set; }

    /// <summary>Failures that any request may have.</summary>
    public HashSet<OriginFailure> Excused { get; } = [];

    /// <summary>A connection may have ended under a request that can't be sent twice.</summary>
    public bool HasEndedRests { get; set; }

    /// <summary>Turns that the loop has begun.</summary>
    public int Turns { get; set; }

    /// <summary>The turn before which the origin's client ends, though requests are under way.</summary>
    public int EndsAt { get; set; } = int.MaxValue;

    /// <summary>The next request begins at once.</summary>
    public bool Hurries { get; set; }

    /// <summary>Requests that have begun and have no last call yet.</summary>
    public int UnderWay => Requests.Count(request => request is { HasBegun: true, Sink.IsOver: false });

    /// <summary>By chance, one time of so many.</summary>
    public bool Happens(int oneOf) => Random.Next(oneOf) == 0;

    /// <summary>The same for what a kind origin doesn't do.</summary>
    public bool Misbehaves(int oneOf) => !IsKind && Happens(oneOf);

    public void Add(AnswerPlan answer) => _answers.Add(answer.Name, answer);

    public AnswerPlan Answer(string name) =>
        _answers.GetValueOrDefault(name) ?? throw new InvalidOperationException($"No request was meant to get the answer '{name}'.");

    /// <summary>A time on the clock, after a while that is longer than any deadline of the origin's.</summary>
    public long LongFromNow()
    {
        // Those that wait for a connection meanwhile have their deadline.
        Excused.Add(OriginFailure.ResponseTimeout);
        return Clock.Now + (long)SeededConditions.Patience.TotalNanoseconds + (5L * 1_000_000_000);
    }
}
