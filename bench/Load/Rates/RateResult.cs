namespace TlsProxy.Bench.Load.Rates;

/// <summary>A comparison at constant rates.</summary>
/// <param name="Name">The object and the share of what saturates each server, or the rate.</param>
/// <param name="Share">Of what saturates each server; null where all have the same rate.</param>
internal sealed record RateResult(string Name, double? Share, IReadOnlyList<RateStanding> Standings);
