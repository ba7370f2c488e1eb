using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Fetching;

public sealed class FetchBytesTests
{
    [Fact]
    public void A_window_has_room_for_what_one_call_of_the_origin_brings() => Assert.True(BodyWindow.AddedBytes >= IOriginSink.DataMaximum);
}
