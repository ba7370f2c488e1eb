using System.Globalization;

namespace TlsProxy.Bench.Load.Instructions;

/// <summary>A line for each measurement with the share of the work that is done. The time that is left can't be told from inside: the
/// clock here counts instructions.</summary>
/// <param name="planned">Work of the whole run.</param>
internal sealed class InstructionProgress(double planned, Action<string> say)
{
    private double _done;

    /// <summary>Something that gives no figure is done.</summary>
    /// <param name="work">Of the plan.</param>
    public void Add(double work) => _done += work;

    /// <summary>A measurement is done.</summary>
    /// <param name="work">Of the plan.</param>
    /// <param name="thousands">Of instructions per request.</param>
    public void Add(double work, string name, Cell cell, double thousands)
    {
        Add(work);
        var share = planned <= 0 ? 1 : Math.Min(1, _done / planned);
        say(string.Create(
            CultureInfo.InvariantCulture, $"bench: {share:P0} done; {name}, {cell.Name}: {thousands:N1} thousand instructions"));
    }
}
