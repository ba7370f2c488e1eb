using TlsProxy.Uring.Loop;

namespace TlsProxy.Uring.Tests.Loop;

public sealed class OperationResultTests
{
    [Theory]
    [InlineData(Errno.EINTR, true)]
    [InlineData(Errno.EAGAIN, true)]
    [InlineData(Errno.ENOBUFS, true)]
    [InlineData(Errno.ECANCELED, false)]
    [InlineData(Errno.ECONNRESET, false)]
    [InlineData(Errno.ENOMEM, false)]
    public void An_operation_that_did_nothing_may_be_submitted_again(Errno error, bool isTransient)
    {
        var result = new OperationResult(-(int)error, more: false, default, recordType: 0);

        Assert.False(result.Succeeded);
        Assert.Equal(isTransient, result.IsTransient);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    public void What_succeeded_is_not_transient(int count) =>
        Assert.False(new OperationResult(count, more: false, default, recordType: 0).IsTransient);
}
