using TlsProxy.Handshake.OpenSsl.Interop;

namespace TlsProxy.Handshake.Tests.OpenSsl.Interop;

public sealed class CallbackFaultTests
{
    [Fact]
    public void The_first_that_callbacks_have_thrown_is_thrown_on_once_behind_the_call()
    {
        var first = new InvalidOperationException("The test's own.");
        Assert.Equal(-1, CallbackFault.Keep(first, -1));
        Assert.Equal(0, CallbackFault.Keep(new FormatException("A later one."), 0));

        Assert.Same(first, Record.Exception(CallbackFault.ThrowKept));
        CallbackFault.ThrowKept();
    }
}
