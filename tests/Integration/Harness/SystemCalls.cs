using System.Globalization;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>System calls that a seccomp filter refuses, by their numbers on x86-64 and arm64.</summary>
internal static class SystemCalls
{
    public const int IoUringSetup = 425;
    public const int EpollPwait2 = 441;

    private static readonly string Program = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "../../../../SystemCallFilter/bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name,
        "net10.0/TlsProxy.SystemCallFilter"));

    /// <summary>What starts a program under a filter that answers each of these calls with an error.</summary>
    public static string[] Refuse(params (int Call, Errno Error)[] refusals) =>
        [Program, .. refusals.Select(refusal => string.Create(CultureInfo.InvariantCulture, $"{refusal.Call}={(int)refusal.Error}")), "--"];
}

/// <summary>Errors of system calls (errno(3)).</summary>
public enum Errno
{
    EPERM = 1,
    ENOMEM = 12,
    ENOSYS = 38,
}
