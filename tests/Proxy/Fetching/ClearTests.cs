namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>A clear at each moment at which another thread could do it. The content of the origin is another from the clear on, though its
/// tag stays: no request after the clear may get the content of before.</summary>
public sealed class ClearTests
{
    private const string Fresh = "Cache-Control: max-age=60";
    private const string Stale = "Cache-Control: max-age=1, stale-while-revalidate=60";

    [Fact]
    public void A_whole_response_that_was_asked_for_before_is_not_stored() => AtEachMoment(static run =>
    {
        run.Ask("GET");
        run.Ask("GET");
        run.Answer(Fresh);
    });

    [Fact]
    public void A_304_does_not_bring_back_what_was_forgotten() => AtEachMoment(static run =>
    {
        run.Ask("GET");
        run.Answer(Stale);
        run.Pass(seconds: 100);
        run.Ask("GET");
        run.Answer(Fresh);
    });

    [Fact]
    public void A_304_to_a_refresh_in_the_background_does_not_either() => AtEachMoment(static run =>
    {
        run.Ask("GET");
        run.Answer(Stale);
        run.Pass(seconds: 2);
        run.Refresh();
        run.Answer(Fresh);
    });

    [Fact]
    public void Parts_that_were_asked_for_before_are_neither_stored_nor_joined_to_later_ones() => AtEachMoment(static run =>
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

    [Fact]
    public void An_answer_to_HEAD_does_not_bring_back_what_was_forgotten() => AtEachMoment(static run =>
    {
        run.Ask("GET");
        run.Answer(Stale);
        run.Pass(seconds: 100);
        run.Ask("HEAD");
        run.Answer(Fresh);
    });

    [Fact]
    public void A_request_after_the_clear_joins_no_response_that_was_asked_for_before() => AtEachMoment(static run =>
    {
        run.Ask("GET");
        run.Ask("GET");
        run.AnswerHead(Fresh);
        run.Ask("GET");
        run.Answer(Fresh);
    });

    /// <summary>Runs an exchange without a clear, and then once for each moment that it has.</summary>
    private static void AtEachMoment(Action<ClearRun> exchange)
    {
        int moments;
        using (var run = new ClearRun(clearAt: -1))
        {
            exchange(run);
            moments = run.Moments;
            run.CheckNothingOldIsLeft();
        }

        Assert.InRange(moments, 5, 1000);
        for (var moment = 0; moment < moments; moment++)
        {
            using var run = new ClearRun(moment);
            exchange(run);
            run.CheckNothingOldIsLeft();
        }
    }
}
