using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Exchanges;

/// <summary>Several exchanges at once on one connection, by a protocol of the tests' own: what an exchange needs of its protocol is no more
/// than its interface says.</summary>
public sealed class InterleavedExchangeTests : IDisposable
{
    private const string All = "1000000";
    private const int BodyBytes = 300_000;

    private readonly InterleavedScene _scene = new();
    private readonly byte[] _large = new byte[BodyBytes];
    private readonly byte[] _small = new byte[BodyBytes];

    public InterleavedExchangeTests()
    {
        new Random(1).NextBytes(_large);
        new Random(2).NextBytes(_small);
    }

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void An_exchange_whose_client_takes_nothing_holds_up_its_own_origin_and_no_other_exchange()
    {
        _scene.Send($"a/large\nb/small\nb+{All}\n");
        var (large, small) = (_scene.RequestFor("/large"), _scene.RequestFor("/small"));
        AnswerUnstored(large);
        AnswerUnstored(small);

        var sent = _scene.SendBody(large, _large);
        Assert.InRange(sent, 1, BodyBytes - 1);
        Assert.Equal(BodyBytes, _scene.SendBody(small, _small));
        _scene.Origin.Sinks[small].OnEnd();
        _scene.TurnUntil(() => _scene.IsWhole('b'));

        Assert.Equal(("200", "200"), (_scene.Status('a'), _scene.Status('b')));
        Assert.Equal(_small, _scene.Body('b'));
        Assert.Empty(_scene.Body('a'));
        Assert.False(_scene.Origin.TrySend(large, _large.AsSpan(sent)));

        _scene.Send($"a+{All}\n");
        Assert.Equal(BodyBytes - sent, _scene.SendBody(large, _large.AsSpan(sent)));
        _scene.Origin.Sinks[large].OnEnd();
        _scene.TurnUntil(() => _scene.IsWhole('a'));
        Assert.Equal(_large, _scene.Body('a'));
    }

    [Fact]
    public void Exchanges_of_one_connection_share_a_fetch_and_each_reads_at_its_own_pace()
    {
        _scene.Send($"a/same\nb/same\na+10\nb+{All}\n");
        var request = _scene.RequestFor("/same");
        _scene.Origin.Sinks[request].OnHead(Messages.Response(200, "Transfer-Encoding: chunked", "Cache-Control: max-age=60"));

        Assert.Equal(BodyBytes, _scene.SendBody(request, _large));
        _scene.Origin.Sinks[request].OnEnd();
        _scene.TurnUntil(() => _scene.IsWhole('b'));

        Assert.Single(_scene.Origin.Sinks);
        Assert.Equal(_large, _scene.Body('b'));
        Assert.Equal(_large[..10], _scene.Body('a'));
        _scene.Send($"a+{All}\nc/same\nc+{All}\n");
        _scene.TurnUntil(() => _scene.IsWhole('a') && _scene.IsWhole('c'));
        Assert.Equal(_large, _scene.Body('a'));
        Assert.Equal(_large, _scene.Body('c'));
        Assert.Single(_scene.Origin.Sinks);
    }

    [Fact]
    public void A_connection_that_ends_gives_back_what_all_its_exchanges_hold()
    {
        _scene.Send("a/large\nb/small\nc/other\na+100\n");
        var (large, small, other) = (_scene.RequestFor("/large"), _scene.RequestFor("/small"), _scene.RequestFor("/other"));
        AnswerUnstored(large);
        AnswerUnstored(small);
        _scene.SendBody(large, _large);
        _scene.TurnUntil(() => _scene.Status('a') is not null && _scene.Status('b') is not null && _scene.Body('a').Length == 100);

        _scene.Reset();
        _scene.TurnUntil(() => _scene.HasEnded);

        Assert.All([large, small], request => Assert.True(_scene.Origin.IsCancelled(request)));
        _scene.Origin.Sinks[large].OnFailed(OriginFailure.Cancelled);
        _scene.Origin.Sinks[small].OnFailed(OriginFailure.Cancelled);
        // An answer that may be stored comes, though its only waiter has left.
        _scene.Origin.Answer(other, Messages.Response(200, "Cache-Control: max-age=60"), "other");
        _scene.CheckNothingIsLeft();
    }

    private void AnswerUnstored(int request) =>
        _scene.Origin.Sinks[request].OnHead(Messages.Response(200, "Transfer-Encoding: chunked", "Cache-Control: no-store"));
}
