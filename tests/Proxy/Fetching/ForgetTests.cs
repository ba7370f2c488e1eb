namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>A clear, or the answer to a POST, at each moment of an exchange at which another thread could bring it. The content of the
/// origin is another from then on, though its tag stays: no request after that may get the content of before.</summary>
public sealed class ForgetTests
{
    private const string Fresh = "Cache-Control: max-age=60";
    private const string Stale = "Cache-Control: max-age=1, stale-while-revalidate=60";

    [Theory]
    [MemberData(nameof(Orders))]
    public void A_whole_response_of_before_is_not_stored(ForgetBy order, int shards) => AtEachMoment(order, shards, run =>
    {
        run.Ask("GET");
        run.Ask("GET");
        run.Answer(Fresh);
    });

    [Theory]
    [MemberData(nameof(Orders))]
    public void A_304_does_not_bring_back_what_was_forgotten(ForgetBy order, int shards) => AtEachMoment(order, shards, run =>
    {
        run.Ask("GET");
        run.Answer(Stale);
        run.Pass(seconds: 100);
        run.Ask("GET");
        run.Answer(Fresh);
    });

    [Theory]
    [MemberData(nameof(Orders))]
    public void A_304_to_a_refresh_in_the_background_does_not_either(ForgetBy order, int shards) => AtEachMoment(order, shards, run =>
    {
        run.Ask("GET");
        run.Answer(Stale);
        run.Pass(seconds: 2);
        run.Refresh();
        run.Answer(Fresh);
    });

    [Theory]
    [MemberData(nameof(Orders))]
    public void Parts_of_before_are_not_joined_to_later_ones(ForgetBy order, int shards) => AtEachMoment(order, shards, run =>
    {
        run.Ask("GET", "Range: bytes=0-9");
        run.Answer(Fresh);
        run.Ask("GET", "Range: bytes=10-14");
        run.Answer(Fresh);
        run.Ask("GET");
        run.Answer(Fresh);
        run.Ask("GET", "Range: bytes=3-12");
        run.Answer(Fresh);
    });

    [Theory]
    [MemberData(nameof(Orders))]
    public void An_answer_to_HEAD_does_not_bring_back_what_was_forgotten(ForgetBy order, int shards) => AtEachMoment(order, shards, run =>
    {
        run.Ask("GET");
        run.Answer(Stale);
        run.Pass(seconds: 100);
        run.Ask("HEAD");
        run.Answer(Fresh);
    });

    [Theory]
    [MemberData(nameof(Orders))]
    public void A_later_request_joins_no_response_of_before(ForgetBy order, int shards) => AtEachMoment(order, shards, run =>
    {
        run.Ask("GET");
        run.Ask("GET");
        run.AnswerHead(Fresh);
        run.Ask("GET");
        run.Answer(Fresh);
    });

    public static TheoryData<ForgetBy, int> Orders()
    {
        var data = new TheoryData<ForgetBy, int>();
        foreach (var order in Enum.GetValues<ForgetBy>())
        {
            foreach (var shards in (int[])[1, 2, 64])
                data.Add(order, shards);
        }

        return data;
    }

    /// <summary>Runs an exchange undisturbed, and then once for each moment that it has.</summary>
    private static void AtEachMoment(ForgetBy order, int shards, Action<ForgetRun> exchange)
    {
        int moments;
        using (var run = new ForgetRun(order, shards, at: -1))
        {
            exchange(run);
            moments = run.Moments;
            run.CheckNothingOldIsLeft();
        }

        Assert.InRange(moments, 5, 1000);
        for (var moment = 0; moment < moments; moment++)
        {
            using var run = new ForgetRun(order, shards, moment);
            exchange(run);
            run.CheckNothingOldIsLeft();
        }
    }
}
