using System.Globalization;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.Measuring;

/// <summary>What wrk sends other than one and the same GET, as scripts in Lua.</summary>
internal sealed class WrkScripts(Site site)
{
    /// <summary>Each request has a query of its own, so that no response is shared by two.</summary>
    private const string Misses = """
        local asked = 0
        request = function()
           asked = asked + 1
           return wrk.format("GET", wrk.path .. "?" .. asked)
        end

        """;

    /// <returns>The script's path; null where a cell needs none.</returns>
    public string? For(Cell cell) => cell.Work switch
    {
        Work.NewConnection => Written("new-connections", "wrk.headers[\"Connection\"] = \"close\"\n"),
        Work.Miss => Written("misses", Misses),
        Work.Upload => Written(
            string.Create(CultureInfo.InvariantCulture, $"uploads-{cell.Object.Bytes}"),
            string.Create(CultureInfo.InvariantCulture, $"wrk.method = \"POST\"\nwrk.body = string.rep(\"u\", {cell.Object.Bytes})\n")),
        _ => null,
    };

    private string Written(string name, string script)
    {
        var path = site.Path($"{name}.lua");
        File.WriteAllText(path, script);
        return path;
    }
}
