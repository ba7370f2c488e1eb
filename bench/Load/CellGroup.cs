namespace TlsProxy.Bench.Load;

/// <summary>Cells that are measured in the same rounds.</summary>
/// <param name="IsOfCurve">A point of a curve: each server keeps the configuration that was best for the same object before.</param>
internal sealed record CellGroup(string Name, IReadOnlyList<Cell> Cells, bool IsOfCurve = false)
{
    /// <summary>Whether rivals take part, where there are some.</summary>
    public bool HasRivals { get; init; } = true;
}
