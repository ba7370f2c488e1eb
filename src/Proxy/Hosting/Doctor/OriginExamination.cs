using System.Globalization;
using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.HttpClient;

namespace TlsProxy.Proxy.Hosting.Doctor;

/// <summary>Asks the origin for <c>/</c> as the proxy would.</summary>
internal static class OriginExamination
{
    public static IEnumerable<Finding> Run(OriginOptions options)
    {
        var name = $"http://{options.Authority}";
        using var origin = new HttpClientOrigin(options);
        var fields = new FieldTable();
        fields.Add("Host"u8, Encoding.ASCII.GetBytes(options.HostSent ?? options.Authority));
        var request = new OriginRequest
        {
            Method = KnownMethod.Head,
            MethodText = "HEAD"u8.ToArray(),
            Target = "/"u8.ToArray(),
            Fields = fields,
        };
        var probe = new OriginProbe();
        origin.Start(request, probe);
        if (probe.Ended.GetAwaiter().GetResult() is not { } failed)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"answers HEAD / with {probe.Status}");
            yield return new Finding("origin", name, true, text);
            yield break;
        }

        var where = failed.Trouble is { } trouble ? $" ({trouble})" : string.Empty;
        var what = OriginFailures.Of(failed.Reason).Text.TrimEnd('.');
        yield return new Finding("origin", name, false, $"{what}{where}: start it, or correct its URL", IsRequired: true);
    }
}
