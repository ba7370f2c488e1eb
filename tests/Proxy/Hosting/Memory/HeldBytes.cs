using TlsProxy.Testing.Interop;

namespace TlsProxy.Proxy.Tests.Hosting.Memory;

/// <summary>Measures the managed heap, and that of the C library.</summary>
internal static class HeldBytes
{
    /// <summary>Bytes that stay on the heap with what an action makes.</summary>
    public static long Of<T>(Func<T> make)
        where T : class => Of(make, Now);

    /// <summary>Bytes that stay on both heaps.</summary>
    public static long WithNativeOf<T>(Func<T> make)
        where T : class => Of(make, static () => Now() + NativeHeapUse.Bytes);

    private static long Of<T>(Func<T> make, Func<long> measure)
        where T : class
    {
        var before = measure();
        var made = make();
        var held = measure() - before;
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
