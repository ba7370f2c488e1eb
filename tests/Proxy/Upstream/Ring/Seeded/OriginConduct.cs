using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Seeded;

/// <summary>How the origin treats one request.</summary>
internal sealed record OriginConduct
{
    /// <summary>Bytes of the body that it takes before it answers; more than there are where it takes the whole.</summary>
    public int AnswersAfter { get; private init; } = int.MaxValue;

    /// <summary>It asks for the body by 100 Continue where the client waits for that.</summary>
    public bool AsksForBody { get; private init; }

    /// <summary>The status of its refusal; null where it doesn't refuse.</summary>
    public int? Refusal { get; private init; }

    /// <summary>Bytes of the answer after which it breaks off.</summary>
    public int CutAt { get; private init; } = int.MaxValue;

    /// <summary>How it breaks off there.</summary>
    public OriginBreak Break { get; private init; }

    /// <summary>What it does behind the answer.</summary>
    public OriginBreak Then { get; private init; }

    /// <summary>It takes no more of the body once it answers.</summary>
    public bool StopsReading { get; private init; }

    /// <param name="isOnKept">The connection has carried a request before.</param>
    public static OriginConduct Draw(OriginScript script, SeededRequest request, bool isOnKept)
    {
        var random = script.Random;
        var expects = request.Request is { ExpectsContinue: true, Body: not null };
        var conduct = new OriginConduct
        {
            AsksForBody = expects && random.Next(2) == 0,
            StopsReading = script.Misbehaves(3),
            Then = script.Misbehaves(8) ? (OriginBreak)random.Next(1, 3) : OriginBreak.None,
        };
        if (expects && !conduct.AsksForBody && random.Next(2) == 0)
            conduct = conduct with { Refusal = random.Next(2) == 0 ? 417 : 413, AnswersAfter = 0 };
        else if (request.Content.Length > 0 && random.Next(4) == 0)
            conduct = conduct with { AnswersAfter = random.Next(2) == 0 ? 0 : random.Next(request.Content.Length) };
        return script.Misbehaves(isOnKept ? 3 : 5) ? conduct with { Break = (OriginBreak)random.Next(1, 4) } : conduct;
    }

    /// <summary>Says where in an answer it breaks off, if it does. Where it has stopped reading, the connection ends behind the
    /// answer.</summary>
    public OriginConduct For(AnswerPlan answer, bool isEarly, OriginScript script) => this with
    {
        CutAt = Break == OriginBreak.None ? int.MaxValue
            : script.Happens(3) ? 0 : script.Random.Next(script.Happens(2) ? answer.BodyStart : answer.Length),
        Then = isEarly && StopsReading && Then == OriginBreak.None ? OriginBreak.Close : Then,
    };

    /// <summary>Whether the end of the connection at the cut reads as the end of the answer.</summary>
    public bool EndsAnswer(AnswerPlan answer) =>
        Break == OriginBreak.Close && answer.Framing == BodyFraming.UntilClose && CutAt >= answer.BodyStart;
}
