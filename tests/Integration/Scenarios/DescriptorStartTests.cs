using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>A start whose calls find no descriptor, one after the other.</summary>
public sealed class DescriptorStartTests
{
    [Theory]
    [InlineData("io_uring", "io_uring_setup", "--transport io_uring")]
    [InlineData("io_uring", "eventfd2", "--transport io_uring")]
    [InlineData("io_uring", "epoll_create1", "--admin")]
    [InlineData("io_uring", "socket", "--listen")]
    [InlineData("epoll", "epoll_create1", "--transport epoll")]
    [InlineData("epoll", "eventfd2", "--transport epoll")]
    [InlineData("epoll", "socket", "--listen")]
    public async Task It_ends_with_a_sentence_that_says_how_many_are_needed(string transport, string call, string option)
    {
        using var folder = new TemporaryFolder();
        string[] command =
        [
            .. SystemCalls.Refuse((call, Errno.EMFILE)), ProxyProcess.Program, "serve", "--listen", "http://127.0.0.1:0",
            "--origin", "http://127.0.0.1:1", "--admin", "http://127.0.0.1:0", "--admin-token-file", folder["token"],
            "--transport", transport,
        ];
        var result = await Command.RunAsync(command[0], command[1..]);
        Assert.SkipWhen(
            result.Error.Contains("io_uring_disabled", StringComparison.Ordinal)
            || result.Error.Contains("seccomp", StringComparison.Ordinal),
            "io_uring is forbidden here");

        Assert.Equal(1, result.ExitStatus);
        Assert.Matches(
            $"^tlsproxy: {option}[^\n]*(descriptors left|EMFILE)[^\n]* At least [0-9]+ are needed in all, and the limit is [0-9]+\\.\n$",
            result.Error);
    }
}
