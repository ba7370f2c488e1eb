using TlsProxy.Ktls.Channel;
using TlsProxy.Proxy.Hosting.Options;
using TlsProxy.Uring.Ring;

namespace TlsProxy.Proxy.Tests.Hosting.Options;

public sealed class TuningTests
{
    [Fact]
    public void Without_settings_everything_is_as_it_was()
    {
        var ring = new RingOptions { SqPoll = true };
        Assert.Equal(new Tuned(ring, new ChannelOptions()), Tuning.Apply([], ring, out var error));
        Assert.Null(error);
    }

    [Fact]
    public void Each_setting_changes_what_it_names()
    {
        string[] settings =
        [
            "ring-entries=64", "submit-batch=8", "chunk-size=32768", "multishot=0", "send-zc=1", "fixed-buffers=1", "key-records=100",
        ];
        var tuned = Tuning.Apply(settings, new RingOptions(), out var error);
        Assert.Null(error);
        Assert.Equal(new ChannelOptions { ChunkBytes = 32_768, KeyRecordsMaximum = 100 }, tuned.Channel);
        var ring = new RingOptions { Entries = 64, SubmitBatch = 8, Multishot = false, SendZeroCopy = true, FixedBuffers = true };
        Assert.Equal(ring, tuned.Ring);
    }

    [Fact]
    public void The_last_of_two_settings_counts()
    {
        var tuned = Tuning.Apply(["ring-entries=64", "ring-entries=128"], new RingOptions(), out var error);
        Assert.Null(error);
        Assert.Equal(128, tuned.Ring.Entries);
    }

    [Theory]
    [InlineData("ring-entries=4")]
    [InlineData("ring-entries=32768")]
    [InlineData("submit-batch=0")]
    [InlineData("submit-batch=4096")]
    [InlineData("chunk-size=4096")]
    [InlineData("chunk-size=16384")]
    [InlineData("chunk-size=16777216")]
    [InlineData("key-records=32")]
    [InlineData("key-records=23726566")]
    public void The_limits_themselves_are_taken(string setting)
    {
        Tuning.Apply([setting], new RingOptions(), out var error);
        Assert.Null(error);
    }

    [Theory]
    [InlineData("ring-entries=3")]
    [InlineData("ring-entries=100")]
    [InlineData("ring-entries=65536")]
    [InlineData("submit-batch=4097")]
    [InlineData("chunk-size=0")]
    [InlineData("chunk-size=2048")]
    [InlineData("chunk-size=16385")]
    [InlineData("chunk-size=16793600")]
    [InlineData("key-records=31")]
    [InlineData("key-records=23726567")]
    [InlineData("multishot=2")]
    [InlineData("multishot=true")]
    [InlineData("multishot=-1")]
    [InlineData("multishot= 1")]
    [InlineData("multishot=")]
    [InlineData("multishot")]
    [InlineData("multishot=1=1")]
    [InlineData("ring-entries=99999999999999999999")]
    public void Other_values_are_refused_with_their_limits(string setting)
    {
        var ring = new RingOptions();
        Assert.Equal(ring, Tuning.Apply([setting], ring, out var error).Ring);
        Assert.StartsWith($"--tune {setting}: write {setting.Split('=')[0]}=N with N from ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("=1")]
    [InlineData("Multishot=1")]
    [InlineData("threads=1")]
    public void Other_names_are_refused_with_those_there_are(string setting)
    {
        Tuning.Apply([setting], new RingOptions(), out var error);
        Assert.Contains("there is no parameter", error, StringComparison.Ordinal);
        Assert.Contains(
            "ring-entries, submit-batch, chunk-size, multishot, send-zc, fixed-buffers, key-records", error, StringComparison.Ordinal);
    }

    [Fact]
    public void All_but_those_of_a_connection_belong_to_the_ring() =>
        Assert.Equal(["--tune multishot=0"], Tuning.RingSettings(["chunk-size=16384", "multishot=0", "key-records=32"]));

    [Fact]
    public void The_help_names_each_with_its_limits()
    {
        Assert.Contains("ring-entries (entries, a power of two; 4 to 32768, default 1024)", Tuning.Help, StringComparison.Ordinal);
        Assert.Contains("all but chunk-size and key-records on io_uring only", Tuning.Help, StringComparison.Ordinal);
    }
}
