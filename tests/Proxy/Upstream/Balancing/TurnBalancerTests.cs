using TlsProxy.Proxy.Upstream.Balancing;

namespace TlsProxy.Proxy.Tests.Upstream.Balancing;

/// <summary>Round robin and least connections.</summary>
public sealed class TurnBalancerTests
{
    [Fact]
    public void Turns_are_smooth_and_as_many_as_the_weights_say()
    {
        var balancer = new RoundRobinBalancer(3);

        Assert.Equal([0, 0, 1, 0, 2, 0, 0, 0, 0, 1, 0, 2, 0, 0], Chosen(balancer, 14, Views((5, 0), (1, 0), (1, 0))));
    }

    [Fact]
    public void A_member_that_was_out_does_not_get_the_turns_that_it_missed()
    {
        var balancer = new RoundRobinBalancer(2);
        var views = Views((1, 0), (1, 0));
        var without = new[] { views[0], views[1] with { IsEligible = false } };

        Assert.Equal([0, 0, 0, 0], Chosen(balancer, 4, without));
        Assert.Equal(2, Chosen(balancer, 4, views).Count(chosen => chosen == 1));
    }

    [Fact]
    public void The_member_with_the_fewest_requests_for_its_weight_is_next()
    {
        var balancer = new LeastConnectionsBalancer(3);

        Assert.Equal([2], Chosen(balancer, 1, Views((1, 1), (2, 3), (4, 3))));
        Assert.Equal([1], Chosen(balancer, 1, Views((1, 1), (3, 2), (4, 3))));
        Assert.Equal([0], Chosen(balancer, 1, Views((1, 0), (100, 1), (100, 1))));
    }

    [Fact]
    public void Members_that_are_equally_busy_take_turns_by_weight()
    {
        var balancer = new LeastConnectionsBalancer(3);

        var chosen = Chosen(balancer, 8, Views((1, 0), (3, 0), (1, 1)));

        Assert.Equal((2, 6, 0), (chosen.Count(0.Equals), chosen.Count(1.Equals), chosen.Count(2.Equals)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void No_other_member_is_less_busy_for_its_weight_than_the_chosen_one(int seed)
    {
        var random = new Random(seed);
        var balancer = new LeastConnectionsBalancer(3);
        var views = Views((1, 0), (2, 0), (3, 0));
        for (var i = 0; i < 6000; i++)
        {
            var chosen = balancer.Choose(0, views);
            Assert.Equal(views.Min(view => (double)view.InFlight / view.Weight), (double)views[chosen].InFlight / views[chosen].Weight);
            views[chosen] = views[chosen] with { InFlight = views[chosen].InFlight + 1 };
            var ended = random.Next(3);
            if (i > 600 && views[ended].InFlight > 0)
                views[ended] = views[ended] with { InFlight = views[ended].InFlight - 1 };
        }
    }

    [Fact]
    public void Without_an_eligible_member_none_is_chosen()
    {
        var views = Views((1, 0), (1, 0)).Select(view => view with { IsEligible = false }).ToArray();

        Assert.Equal(-1, new RoundRobinBalancer(2).Choose(0, views));
        Assert.Equal(-1, new LeastConnectionsBalancer(2).Choose(0, views));
    }

    private static int[] Chosen(IBalancer balancer, int count, MemberView[] views) =>
        [.. Enumerable.Range(0, count).Select(_ => balancer.Choose(0, views))];

    private static MemberView[] Views(params (int Weight, int InFlight)[] members) =>
        [.. members.Select(member => new MemberView(member.Weight, member.InFlight, IsEligible: true))];
}
