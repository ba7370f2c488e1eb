using TlsProxy.Uring.Backends;

namespace TlsProxy.Proxy.Tests.Connections.Faults;

/// <summary>The back ends of the kernel that are tested with faults.</summary>
internal static class FaultedBackends
{
    public static TheoryData<string> Names => [.. Enum.GetValues<BackendKind>().Select(BackendChoice.NameOf)];

    /// <summary>Skips the test where the kernel forbids the back end.</summary>
    public static BackendChoice Choose(string name)
    {
        var request = new BackendRequest { Kind = Enum.GetValues<BackendKind>().Single(known => BackendChoice.NameOf(known) == name) };
        var choice = BackendChoice.Make(request, out var failure);
        Assert.SkipWhen(choice is null && failure!.IsRefusal, $"{name} is forbidden here");
        return choice!;
    }
}
