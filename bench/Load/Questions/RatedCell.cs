using System.Globalization;

namespace TlsProxy.Bench.Load.Questions;

/// <summary>A load at a constant rate.</summary>
/// <param name="PerSecond">Requests due a second, far below what saturates the server.</param>
internal sealed record RatedCell(Cell Cell, double PerSecond)
{
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Cell.Name}, {PerSecond:N0}/s");
}
