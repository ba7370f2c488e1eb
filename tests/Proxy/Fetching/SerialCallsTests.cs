using TlsProxy.Proxy.Fetching.Answers;
using TlsProxy.Testing;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>A checked build fails where calls overlap.</summary>
public sealed class SerialCallsTests
{
    private SerialCalls _calls;

    [Fact]
    public void A_call_within_another_fails()
    {
        using (_calls.Begin())
            Assert.Equal(CheckedBuild.IsRunning, Record.Exception(Call) is not null);
    }

    [Fact]
    public void One_call_comes_after_another_also_where_that_has_thrown()
    {
        Call();
        Assert.Throws<InvalidOperationException>(Throw);
        Call();
    }

    private void Call()
    {
        using var call = _calls.Begin();
    }

    private void Throw()
    {
        using var call = _calls.Begin();
        throw new InvalidOperationException("The test's own.");
    }
}
