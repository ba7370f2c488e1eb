namespace TlsProxy.Proxy.Tests.Hosting.Memory;

/// <summary>Measures the managed heap.</summary>
internal static class HeldBytes
{
    /// <summary>Bytes that stay on the heap with what an action makes.</summary>
    public static long Of<T>(Func<T> make)
        where T : class
    {
        var before = Now();
        var made = make();
        var held = Now() - before;
        GC.KeepAlive(made);
        TestContext.Current.TestOutputHelper?.WriteLine($"{held} bytes are held");
        return held;
    }

    /// <summary>Without what only finalizers keep.</summary>
    private static long Now()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
