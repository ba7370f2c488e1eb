using System.Globalization;

namespace TlsProxy.Bench.Load.Measuring;

internal static class ChildrenOf
{
    /// <summary>The processes that the main thread of one has started and that haven't ended (proc(5), children).</summary>
    /// <exception cref="BenchException">The process has ended.</exception>
    public static IReadOnlyList<int> Process(int processId)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task/{processId}/children");
        try
        {
            return
            [
                .. File.ReadAllText(path).Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(id => int.Parse(id, CultureInfo.InvariantCulture)),
            ];
        }
        catch (IOException)
        {
            throw ProcessorTime.Ended(processId);
        }
    }
}
