using System.Globalization;
using TlsProxy.Proxy.Hosting.Memory;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Doctor;

/// <summary>Adds up what strangers can make the proxy hold beyond its cache.</summary>
internal static class MemoryExamination
{
    // With fewer a proxy is of little use.
    private const int ConnectionsLeast = 16;

    /// <param name="bind">Reads the options, and shares out this process's descriptors by them.</param>
    /// <param name="memory">Bytes that the process may use.</param>
    public static IEnumerable<Finding> Run(Func<MemoryShape> bind, long memory)
    {
        try
        {
            return [.. AddUp(bind(), memory)];
        }
        catch (StartException exception)
        {
            return [new Finding("limits", "descriptors and options", false, exception.Message.TrimEnd('.'), IsRequired: true)];
        }
    }

    private static IEnumerable<Finding> AddUp(MemoryShape shape, long memory)
    {
        var bounds = MemoryBounds.Of(shape);
        foreach (var bound in bounds)
            yield return new Finding("memory", bound.Name, true, Text(bound));
        var sum = bounds.Sum(bound => bound.Bytes);
        var text = string.Create(
            CultureInfo.InvariantCulture, $"at most {MebibytesOf(sum)} MiB beyond the cache of {MebibytesOf(shape.CacheBytes)} MiB");
        var fits = shape.CacheBytes + sum <= memory;
        yield return new Finding("memory", "in all", fits, fits ? text : $"{text}, {Advice(shape, memory)}");
    }

    private static string Advice(MemoryShape shape, long memory)
    {
        var connections = MemoryBounds.ConnectionsWithin(shape, memory);
        var remedy = connections >= ConnectionsLeast
            ? string.Create(CultureInfo.InvariantCulture, $"--max-connections {connections} keeps within that")
            : "lower --cache-size";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"if every client sends and gets the longest heads at once; the process may use {MebibytesOf(memory)} MiB: {remedy}");
    }

    private static string Text(MemoryBound bound) => bound.Count == 1
        ? string.Create(CultureInfo.InvariantCulture, $"at most {MebibytesOf(bound.Bytes)} MiB")
        : string.Create(
            CultureInfo.InvariantCulture, $"at most {MebibytesOf(bound.Bytes)} MiB: {bound.Count} of {KibibytesOf(bound.BytesEach)} KiB");

    private static long MebibytesOf(long bytes) => (bytes + (1 << 20) - 1) >> 20;

    private static string KibibytesOf(long bytes) => (bytes / 1024.0).ToString("0.###", CultureInfo.InvariantCulture);
}
