using TlsProxy.Uring.Ring;

namespace TlsProxy.Uring.Tests.Ring;

public sealed class RingExaminationTests
{
    [Fact]
    public void Every_feature_is_tried_and_what_works_alone_works_in_the_examination()
    {
        var features = RingExamination.Run();
        Assert.SkipWhen(features.Count == 0, "SKIPPED: io_uring can't be used here");

        Assert.Equal(
            ["deferred task work", "multishot accept", "multishot receive", "zero-copy send", "registered buffers"],
            features.Select(feature => feature.Name));
        Assert.All(features, feature => Assert.NotEmpty(feature.Text));
        // These the other tests of the ring rely on, on every kernel that has a ring.
        Assert.All(
            features.Where(feature => feature.Name is "multishot accept" or "registered buffers"),
            feature => Assert.True(feature.Works));
    }
}
