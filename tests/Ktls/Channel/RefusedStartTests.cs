using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Channel;
using TlsProxy.Testing.Backend;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>A channel that throws at its start holds its descriptor, so that it is closed.</summary>
public sealed class RefusedStartTests : IDisposable
{
    private const int Descriptor = 10;

    private readonly SegmentPool _pool = new();
    private readonly EventLoop _loop;
    private readonly RecordChannel _channel;
    private readonly RecordingOwner _owner = new();

    public RefusedStartTests()
    {
        _loop = new EventLoop(new ScriptedBackend(_pool));
        var options = new ChannelOptions { Offload = new OffloadPolicy { Mode = KtlsMode.Transmit } };
        _channel = new RecordChannel(_loop, options, new SegmentStock(_pool), new KtlsCounters(), new ChannelScratch());
    }

    public static TheoryData<string> Starts => ["no keys", "keys of no suite", "records that the kernel would overtake"];

    [Theory]
    [MemberData(nameof(Starts))]
    public void A_start_that_throws_surrenders_the_descriptor(string start)
    {
        Action begin = start switch
        {
            "no keys" => () => _channel.StartTls(Descriptor, _owner, null!, []),
            "keys of no suite" => () => _channel.StartTls(Descriptor, _owner, new SessionKeys(), []),
            _ => () => _channel.StartTls(Descriptor, _owner, new TestKeys(CipherSuite.Aes128GcmSha256).Create(), [], [1]),
        };

        Assert.ThrowsAny<ArgumentException>(begin);

        Assert.Equal(Descriptor, _channel.Surrender(new AbandonedSocket(_loop, () => { })));
    }

    public void Dispose()
    {
        _loop.Dispose();
        _pool.Dispose();
    }
}
