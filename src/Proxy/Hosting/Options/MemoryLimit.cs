namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>The memory this process may use: that of the machine or of its control group.</summary>
internal static class MemoryLimit
{
    /// <summary>Bytes; the runtime reads them from the control group where there is one.</summary>
    public static long Bytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
}
