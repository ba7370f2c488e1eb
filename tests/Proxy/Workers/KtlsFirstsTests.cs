using TlsProxy.Ktls;
using TlsProxy.Uring;

namespace TlsProxy.Proxy.Tests.Workers;

/// <summary>Each worker counts for itself; the log tells the first of all.</summary>
public sealed class KtlsFirstsTests
{
    private readonly KtlsCounters _one;
    private readonly KtlsCounters _other;

    public KtlsFirstsTests()
    {
        var firsts = new KtlsFirsts();
        _one = new KtlsCounters(firsts);
        _other = new KtlsCounters(firsts);
    }

    [Fact]
    public void A_refusal_is_the_first_of_its_error_for_one_worker_alone()
    {
        Assert.True(_one.CountRefusal(Errno.EBUSY));
        Assert.False(_one.CountRefusal(Errno.EBUSY));
        Assert.False(_other.CountRefusal(Errno.EBUSY));
        Assert.True(_other.CountRefusal(Errno.EINVAL));

        Assert.Equal([new(Errno.EBUSY, 2)], _one.Refusals);
        Assert.Equal([new(Errno.EBUSY, 1), new(Errno.EINVAL, 1)], _other.Refusals);
    }

    [Fact]
    public void A_late_abort_is_the_first_for_one_worker_alone()
    {
        Assert.True(_other.CountLateAbort());
        Assert.False(_one.CountLateAbort());

        Assert.Equal((1, 1), (_one.LateAborts, _other.LateAborts));
    }
}
