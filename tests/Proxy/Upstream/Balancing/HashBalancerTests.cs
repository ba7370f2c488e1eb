using TlsProxy.Proxy.Upstream.Balancing;

namespace TlsProxy.Proxy.Tests.Upstream.Balancing;

public sealed class HashBalancerTests
{
    private const int Targets = 20_000;

    private readonly HashBalancer _balancer = new(Enumerable.Range(1, 4).Select(name => StableHash.Mix((ulong)name)));

    [Fact]
    public void Targets_are_shared_out_by_weight()
    {
        var members = Idle(1, 2, 3, 4);
        var counts = new int[members.Length];
        for (var i = 0; i < Targets; i++)
            counts[_balancer.Choose(TargetOf(i), members)]++;

        for (var i = 0; i < counts.Length; i++)
            Assert.InRange(counts[i], Targets * 0.1 * (i + 1) * 0.9, Targets * 0.1 * (i + 1) * 1.1);
    }

    [Fact]
    public void A_target_has_always_the_same_member()
    {
        var members = Idle(1, 1, 1, 1);
        for (var i = 0; i < 100; i++)
            Assert.Equal(_balancer.Choose(TargetOf(i), members), _balancer.Choose(TargetOf(i), members));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Where_a_member_leaves_its_own_targets_alone_move_to_the_others_by_weight(int left)
    {
        var members = Idle(1, 2, 3, 4);
        var rest = Idle(1, 2, 3, 4);
        rest[left] = rest[left] with { IsEligible = false };
        var gained = new int[members.Length];
        for (var i = 0; i < Targets; i++)
        {
            var (before, after) = (_balancer.Choose(TargetOf(i), members), _balancer.Choose(TargetOf(i), rest));
            if (before == left)
                gained[after]++;
            else
                Assert.Equal(before, after);
        }

        var weights = 10 - members[left].Weight;
        for (var i = 0; i < gained.Length; i++)
        {
            var share = i == left ? 0 : (double)gained.Sum() * members[i].Weight / weights;
            Assert.InRange(gained[i], share * 0.85, share * 1.15);
        }
    }

    [Fact]
    public void The_place_in_the_list_does_not_count()
    {
        var turned = new HashBalancer(Enumerable.Range(1, 4).Reverse().Select(name => StableHash.Mix((ulong)name)));
        for (var i = 0; i < 1000; i++)
            Assert.Equal(3 - _balancer.Choose(TargetOf(i), Idle(1, 2, 3, 4)), turned.Choose(TargetOf(i), Idle(4, 3, 2, 1)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_member_gets_more_than_its_share_and_a_quarter_even_of_one_target(int seed)
    {
        var random = new Random(seed);
        var members = Idle(1, 2, 3, 4);
        for (var i = 0; i < 5000; i++)
        {
            // Requests come and end at random, most of them for one target.
            var ended = random.Next(members.Length);
            if (random.Next(5) < 2 && members[ended].InFlight > 0)
                members[ended] = members[ended] with { InFlight = members[ended].InFlight - 1 };
            var chosen = _balancer.Choose(random.Next(3) > 0 ? 7 : TargetOf(i), members);
            members[chosen] = members[chosen] with { InFlight = members[chosen].InFlight + 1 };
            var sum = members.ToArray().Sum(member => member.InFlight);
            Assert.True(
                members[chosen].InFlight <= Math.Ceiling(1.25 * sum * members[chosen].Weight / 10), $"at {i}");
        }
    }

    [Fact]
    public void Without_an_eligible_member_none_is_chosen() =>
        Assert.Equal(-1, _balancer.Choose(7, Idle(1, 2, 3, 4).Select(member => member with { IsEligible = false }).ToArray()));

    private static ulong TargetOf(int number) => StableHash.Of(BitConverter.GetBytes(number));

    private static MemberView[] Idle(params int[] weights) => [.. weights.Select(weight => new MemberView(weight, 0, IsEligible: true))];
}
