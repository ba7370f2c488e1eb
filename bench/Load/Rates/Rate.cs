using System.Globalization;

namespace TlsProxy.Bench.Load.Rates;

/// <summary>A load at a constant rate.</summary>
/// <param name="PerSecond">Requests due a second.</param>
/// <param name="Length">How long requests are due.</param>
/// <param name="Connections">Requests that can be under way at once.</param>
/// <param name="IsConnectionPerRequest">Each request has a connection of its own, with a full handshake over TLS.</param>
internal sealed record Rate(double PerSecond, TimeSpan Length, int Connections, bool IsConnectionPerRequest)
{
    /// <summary>Requests in all.</summary>
    public long Count => Math.Max(1, (long)(PerSecond * Length.TotalSeconds));

    public string Name => string.Create(
        CultureInfo.InvariantCulture, $"{PerSecond:N0}/s{(IsConnectionPerRequest ? ", a connection per request" : string.Empty)}");
}
