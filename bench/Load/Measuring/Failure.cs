using System.Globalization;

namespace TlsProxy.Bench.Load.Measuring;

/// <summary>A measurement that failed.</summary>
/// <param name="Cell">What was measured.</param>
/// <param name="Round">From 1; 0 is before the rounds, while the server was made ready.</param>
/// <param name="Said">The server's or the client's own words.</param>
/// <param name="LeftOut">It was the second try, so that there is no figure.</param>
internal sealed record Failure(string Server, string Cell, int Round, string Said, bool LeftOut)
{
    public string Sentence => string.Create(
        CultureInfo.InvariantCulture,
        $"{Server}, {Cell}, {(Round == 0 ? "before the rounds" : $"round {Round}")}: {Said} "
        + $"({(LeftOut ? "failed again: left out" : "tried again")})");
}
