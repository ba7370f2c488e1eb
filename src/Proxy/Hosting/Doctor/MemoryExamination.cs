using System.Globalization;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Hosting.Memory;

namespace TlsProxy.Proxy.Hosting.Doctor;

/// <summary>Adds up what strangers can make the proxy hold beyond its cache.</summary>
internal static class MemoryExamination
{
    /// <param name="bind">Reads the options, and shares out this process's descriptors by them.</param>
    public static IEnumerable<Finding> Run(Func<MemoryShape> bind)
    {
        try
        {
            return [.. AddUp(bind())];
        }
        catch (StartException exception)
        {
            return [new Finding("limits", "descriptors and options", false, exception.Message.TrimEnd('.'), IsRequired: true)];
        }
    }

    private static IEnumerable<Finding> AddUp(MemoryShape shape)
    {
        var bounds = MemoryBounds.Of(shape);
        foreach (var bound in bounds)
            yield return new Finding("memory", bound.Name, true, Text(bound));
        yield return new Finding("memory", "in all", true, string.Create(
            CultureInfo.InvariantCulture,
            $"at most {MebibytesOf(bounds.Sum(bound => bound.Bytes))} MiB beyond the cache of {MebibytesOf(shape.CacheBytes)} MiB"));
    }

    private static string Text(MemoryBound bound) => bound.Count == 1
        ? string.Create(CultureInfo.InvariantCulture, $"at most {MebibytesOf(bound.Bytes)} MiB")
        : string.Create(
            CultureInfo.InvariantCulture, $"at most {MebibytesOf(bound.Bytes)} MiB: {bound.Count} of {KibibytesOf(bound.BytesEach)} KiB");

    private static long MebibytesOf(long bytes) => (bytes + (1 << 20) - 1) >> 20;

    private static string KibibytesOf(long bytes) => (bytes / 1024.0).ToString("0.###", CultureInfo.InvariantCulture);
}
