using TlsProxy.Proxy.Fetching;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Fetches in one shard or in several: clients and the operator see no difference.</summary>
public sealed class FetchShardsTests
{
    private const int Keys = 100;
    private const string Fresh = "Cache-Control: max-age=60";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(FetchShards.DefaultCount)]
    public void What_is_counted_is_counted_in_all_of_them(int shards)
    {
        using var scene = new FetchScene(shards: shards);
        for (var i = 0; i < Keys; i++)
        {
            scene.Client.Ask($"/object/{i}");
            scene.Client.Ask($"/object/{i}");
        }

        Assert.Equal((Keys, Keys, 2 * Keys), (scene.Table.InFlight, scene.Table.Joinable, scene.Table.Subscribers));
        Assert.Equal(Keys, scene.Table.Started);
        for (var i = 0; i < Keys; i++)
            scene.Origin.Answer(i, Messages.Response(200, Fresh), "body");
        Assert.Equal((0, 0, 0), (scene.Table.InFlight, scene.Table.Joinable, scene.Table.Subscribers));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(FetchShards.DefaultCount)]
    public void RFC_9111_section_4_4_a_change_leaves_fetches_of_all_other_keys_as_they_are(int shards)
    {
        using var scene = new FetchScene(shards: shards);
        scene.Client.Ask("/changed", method: "POST");
        for (var i = 0; i < Keys; i++)
            scene.Client.Ask($"/object/{i}", Fresh);
        scene.Client.Ask("/changed");

        scene.Origin.Answer(0, Messages.Response(204));

        scene.Client.Ask("/object/1");
        Assert.Equal(Keys + 2, scene.Origin.Sinks.Count);
        for (var i = 1; i < scene.Origin.Sinks.Count; i++)
            scene.Origin.Answer(i, Messages.Response(200, Fresh), "body");
        Assert.All(Enumerable.Range(0, Keys), i => Assert.NotNull(scene.Find($"/object/{i}")));
        Assert.Null(scene.Find("/changed"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(FetchShards.DefaultCount)]
    public void Keys_whose_answers_can_not_be_shared_are_remembered_until_their_time_is_over_or_one_can(int shards)
    {
        using var scene = new FetchScene(shards: shards);
        for (var i = 0; i < Keys; i++)
        {
            scene.Client.Ask($"/object/{i}");
            scene.Origin.Answer(i, Messages.Response(200, "Cache-Control: private"), "body");
        }

        Assert.Equal(2 * Keys, AskTwice());
        scene.Time.Advance(120);
        scene.Table.Expire();
        Assert.Equal(Keys, AskTwice());

        int AskTwice()
        {
            var before = scene.Origin.Sinks.Count;
            for (var i = 0; i < 2 * Keys; i++)
                scene.Client.Ask($"/object/{i / 2}");
            var asked = scene.Origin.Sinks.Count - before;
            for (var i = before; i < before + asked; i++)
                scene.Origin.Answer(i, Messages.Response(200, Fresh), "body");
            return asked;
        }
    }

    [Fact]
    public void Refreshes_in_the_background_are_limited_in_all_shards_together()
    {
        var numbers = new FetchNumbers();
        for (var i = 0; i < FetchLimits.RefreshesMaximum; i++)
            Assert.True(numbers.TryBeginRefresh());

        Assert.False(numbers.TryBeginRefresh());

        numbers.OnRefreshEnded();
        Assert.True(numbers.TryBeginRefresh());
        Assert.False(numbers.TryBeginRefresh());
    }
}
