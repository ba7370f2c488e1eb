using System.Globalization;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>Starts programs under seccomp filters, as container engines do.</summary>
internal static class SystemCalls
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../.."));

    private static readonly string Program = Path.Combine(
        Root, "tests/SystemCallFilter/bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0/TlsProxy.SystemCallFilter");

    /// <summary>What starts a program under a filter that answers each of these calls with an error.</summary>
    public static string[] Refuse(params (string Call, Errno Error)[] refusals) =>
        [Program, .. refusals.Select(refusal => string.Create(CultureInfo.InvariantCulture, $"{refusal.Call}={(int)refusal.Error}")), "--"];

    /// <summary>What starts a program under the profile for containers.</summary>
    public static string[] Profile() => [Program, "--profile", Path.Combine(Root, "packaging/seccomp-io_uring.json"), "--"];
}
