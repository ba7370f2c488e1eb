namespace TlsProxy.Bench.Load;

/// <summary>Cells that are measured in the same rounds.</summary>
internal sealed record CellGroup(string Name, IReadOnlyList<Cell> Cells);
