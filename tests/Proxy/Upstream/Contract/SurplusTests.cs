using System.Globalization;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Upstream.Contract;

/// <summary>Bytes that an origin writes beyond an answer never become another's: each client gets what was written for it.</summary>
public sealed class SurplusTests
{
    private const int Rounds = 4;

    public static TheoryData<OriginKind, AnswerEnding, AnswerSurplus, int> Cases()
    {
        var cases = new TheoryData<OriginKind, AnswerEnding, AnswerSurplus, int>();
        foreach (var kind in Enum.GetValues<OriginKind>())
        {
            foreach (var ending in Enum.GetValues<AnswerEnding>())
            {
                foreach (var surplus in Enum.GetValues<AnswerSurplus>())
                {
                    cases.Add(kind, ending, surplus, 1);
                    cases.Add(kind, ending, surplus, 8);
                }
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Bytes_beyond_an_answer_reach_nobody(OriginKind kind, AnswerEnding ending, AnswerSurplus surplus, int clients)
    {
        // Fewer connections than clients: a connection then goes from one request straight to the next that waits for it.
        await using var origin = new SurplusOrigin(kind, ending, surplus, connectionsMax: Math.Max(1, clients / 4));
        for (var round = 0; round < Rounds; round++)
        {
            var suffix = round.ToString(CultureInfo.InvariantCulture);
            await Task.WhenAll(Enumerable.Range(0, clients).Select(client => AskAsync(origin, ending, $"{client}.{suffix}")));
            await origin.PoisonAsync();
        }
    }

    /// <summary>A request whose answer ends in the way under test, and one like any other behind it.</summary>
    private static async Task AskAsync(SurplusOrigin origin, AnswerEnding ending, string name)
    {
        var target = "/poisoned/" + name;
        var request = OriginRequests.Create(target, ending == AnswerEnding.Head ? KnownMethod.Head : KnownMethod.Get);
        var sink = origin.Send(request);
        if (ending == AnswerEnding.Cancelled)
        {
            await sink.Begun;
            request.Cancel();
        }

        AssertOwn(sink, await sink.End, target, ending);
        var plain = origin.Send(OriginRequests.Create("/plain/" + name));
        AssertOwn(plain, await plain.End, "/plain/" + name, AnswerEnding.Length);
    }

    private static void AssertOwn(RecordingSink sink, OriginFailure failure, string target, AnswerEnding ending)
    {
        if (ending is AnswerEnding.Malformed or AnswerEnding.Switch)
        {
            Assert.Equal(OriginFailure.Malformed, failure);
            return;
        }

        Assert.Equal(target, Messages.Field(sink.Head!, "X-Of"));
        if (ending == AnswerEnding.Cancelled)
        {
            Assert.StartsWith(sink.Body, target, StringComparison.Ordinal);
            return;
        }

        Assert.Equal(OriginFailure.None, failure);
        var bodiless = ending is AnswerEnding.Empty or AnswerEnding.Head or AnswerEnding.NoContent or AnswerEnding.NotModified;
        // A body that only the connection's end delimits has no surplus: all that comes is the body.
        if (ending == AnswerEnding.UntilClose)
            Assert.StartsWith(target, sink.Body, StringComparison.Ordinal);
        else
            Assert.Equal(bodiless ? "" : target, sink.Body);
    }
}
