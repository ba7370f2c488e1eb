using System.Globalization;
using System.Text.Json;

namespace TlsProxy.Bench.Load.Servers;

/// <summary>Whom <c>--ktls auto</c> has make records, by the proxy's own statistics.</summary>
internal static class ChoiceOfAuto
{
    /// <summary>As the end of a sentence that begins with <c>auto</c>.</summary>
    /// <param name="statistics">What <c>GET /stats</c> answered.</param>
    public static string InWords(JsonElement statistics)
    {
        var ktls = statistics.GetProperty("ktls");
        // A build that doesn't measure takes the kernel where it can.
        return ktls.TryGetProperty("auto", out var auto) ? OfMeasured(auto) : OfConnections(ktls);
    }

    private static string OfMeasured(JsonElement auto)
    {
        var suites = auto.GetProperty("suites").EnumerateObject().Select(suite => string.Create(
            CultureInfo.InvariantCulture,
            $"with {suite.Name} in {Where(suite.Value.GetProperty("records").GetString())} "
            + $"({Ratio(suite.Value.GetProperty("ratio"))})")).ToArray();
        return suites.Length == 0
            ? "makes records in user space, since it could measure nothing"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"has records made {string.Join(", ", suites)}, for responses of {auto.GetProperty("thresholdBytes").GetInt64():N0} B");
    }

    private static string Where(string? maker) => maker == "kernel" ? "the kernel" : "user space";

    private static string Ratio(JsonElement ratio) => ratio.ValueKind == JsonValueKind.Number
        ? string.Create(CultureInfo.InvariantCulture, $"kernel {ratio.GetDouble():F2} ×")
        : "not measured";

    private static string OfConnections(JsonElement ktls)
    {
        var (kernel, userSpace) = (ktls.GetProperty("transmitKernel").GetInt64(), ktls.GetProperty("userSpace").GetInt64());
        return kernel + userSpace == 0
            ? "was not asked"
            : string.Create(
                CultureInfo.InvariantCulture, $"lets the kernel make the records of {kernel:N0} of {kernel + userSpace:N0} connections");
    }
}
