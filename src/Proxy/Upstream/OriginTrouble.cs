using System.Net.Sockets;
using TlsProxy.Uring;

namespace TlsProxy.Proxy.Upstream;

/// <summary>Where a request to the origin failed, and the kernel's reason.</summary>
/// <param name="Address">The origin's address with its port; its name where no address was tried.</param>
/// <param name="Error">The name of the error number, such as ECONNREFUSED, or what the resolver says; null where there is neither, as at a
/// deadline.</param>
internal sealed record OriginTrouble(string Address, string? Error)
{
    public override string ToString() => Error is null ? Address : $"{Address}, {Error}";

    /// <summary>The name of the error number. An error of a resolver has no such name (getaddrinfo(3)).</summary>
    public static string NameOf(SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.HostNotFound or SocketError.NoData => "no such host is known",
        SocketError.TryAgain => "the name server doesn't answer",
        SocketError.NoRecovery => "the name server fails",
        _ when Enum.IsDefined((Errno)exception.NativeErrorCode) => ((Errno)exception.NativeErrorCode).ToString(),
        var other => other.ToString(),
    };
}
